// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/passed_call.h"

#include "protocol/envelope.h"
#include "protocol/field_codec.h"

using namespace Qt::StringLiterals;

namespace maxiofs::api::console {

namespace {

constexpr unsigned kFirstError = 400;

struct WireOutcome {
    std::int64_t status = 0;
    QJsonObject envelope;
};

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, WireOutcome>
void listFields(V &visit, S &s)
{
    visit.required("status"_L1, s.status);
    visit.required("envelope"_L1, s.envelope);
}

}  // namespace

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, PassedCall>
void listFields(V &visit, S &s)
{
    visit.required("method"_L1, s.method);
    visit.required("path"_L1, s.path);
    visit.field("query"_L1, s.query);
    visit.field("body"_L1, s.body);
    visit.required("user_id"_L1, s.userId);
    visit.field("address"_L1, s.address);
    visit.required("request_id"_L1, s.requestId);
}

QJsonObject bodyOf(const PassedCall &call)
{
    return protocol::toJson(call);
}

Result<PassedCall> passedCallOf(const QJsonObject &body)
{
    return protocol::fromJson<PassedCall>(body);
}

QJsonObject bodyOf(const Outcome &outcome)
{
    const auto envelope = protocol::parseObject(outcome.body);
    return protocol::toJson(WireOutcome{outcome.status, envelope.value_or(QJsonObject())});
}

Result<Outcome> outcomeOf(const QJsonObject &body)
{
    TRY_ASSIGN(const auto wire, protocol::fromJson<WireOutcome>(body));
    return Outcome{static_cast<unsigned>(wire.status), protocol::toText(wire.envelope)};
}

Result<QJsonValue> dataOf(const Outcome &outcome)
{
    TRY_ASSIGN(const protocol::Envelope envelope, protocol::parseEnvelope(outcome.body));
    if (!envelope.success || outcome.status >= kFirstError)
        return failure(Error::Internal, envelope.message, envelope.code);
    return envelope.data;
}

}  // namespace maxiofs::api::console
