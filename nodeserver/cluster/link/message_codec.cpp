// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/link/message_codec.h"

#include "base/hex.h"
#include "cluster/link/routes.h"
#include "cluster/link/wire_messages.h"
#include "crypto/hkdf.h"
#include "crypto/secret_bytes.h"

#include <QJsonDocument>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace maxiofs::cluster::link {

namespace {

using records::Kind;

constexpr std::string_view kTenantSync = "tenant-sync";
constexpr std::string_view kUserSync = "user-sync";
constexpr std::string_view kRecordSync = "record-sync";
constexpr std::string_view kSecretsAbout = "join-confirm/secrets";
constexpr std::size_t kPushBytes = 1024 * 1024;
constexpr std::size_t kRecordOverhead = 256;  // names of fields, stamp, ids

QString text(std::string_view bytes)
{
    return QString::fromUtf8(bytes.data(), static_cast<qsizetype>(bytes.size()));
}

std::unique_ptr<records::SecretSealer> sealerOf(ByteView key)
{
    if (key.size() != crypto::Aes256Gcm::kKeySize)
        return nullptr;
    return std::make_unique<records::RecordKeySealer>(key.first<crypto::Aes256Gcm::kKeySize>());
}

std::unique_ptr<records::SecretSealer> joinSealer(std::string_view joinKey)
{
    const crypto::SecretBytes key =
        crypto::hkdfSha256(asBytes(joinKey), ByteView(), "maxiofs join secrets", crypto::Aes256Gcm::kKeySize);
    return sealerOf(key.view());
}

bool isSyncRoute(std::string_view route)
{
    return route == kTenantSync || route == kUserSync || route == kRecordSync;
}

// The kinds that a sync route compares where the request names none.
std::vector<Kind> kindsOfRoute(std::string_view route)
{
    std::vector<Kind> kinds;
    for (const Kind kind : records::syncedKinds()) {
        if (syncRouteOf(kind) == route)
            kinds.push_back(kind);
    }
    return kinds;
}

std::unexpected<Error> foreignKind(std::string_view route)
{
    return failure(Error::InvalidArgument,
                   "A request to " + std::string(route) + " has a kind that belongs to another route.",
                   "kind");
}

bool allOfRoute(std::string_view route, const auto &items, auto kindOf)
{
    return std::ranges::all_of(items, [&](const auto &item) { return syncRouteOf(kindOf(item)) == route; });
}

Result<rules::Request> decodeSync(std::string_view route, const QJsonObject &body,
                                  const records::SecretSealer *sealer)
{
    const bool named = body.contains("kind"_L1);
    Kind kind = Kind::Setting;
    if (named)
        TRY_STATUS(wire::readValue(body.value("kind"_L1), "kind", kind));
    if (named && syncRouteOf(kind) != route)
        return foreignKind(route);

    if (body.contains("records"_L1)) {
        TRY_ASSIGN(rules::PushRecords push, wire::read<rules::PushRecords>(body, sealer));
        const bool fits = allOfRoute(route, push.records, [](const auto &record) { return record.kind; });
        if (!fits || (named && !std::ranges::all_of(push.records,
                                                    [&](const auto &record) { return record.kind == kind; })))
            return foreignKind(route);
        return push;
    }
    rules::CompareRecords compare;
    TRY_STATUS(wire::readValue(body.value("checksum"_L1), "checksum", compare.checksum));
    if (named)
        compare.kinds = {kind};
    else
        compare.kinds = kindsOfRoute(route);
    return compare;
}

struct RequestEncoder {
    const records::SecretSealer *sealer;

    template <typename T>
    Result<QJsonObject> operator()(const T &request) const
    {
        return wire::write(request, sealer);
    }
    Result<QJsonObject> operator()(const rules::PushRecords &push) const
    {
        if (push.records.empty())
            return failure(Error::InvalidArgument, "There are no records to send.", "records");
        const Kind first = push.records.front().kind;
        const std::string_view route = syncRouteOf(first);
        if (!allOfRoute(route, push.records, [](const auto &record) { return record.kind; }))
            return foreignKind(route);
        TRY_ASSIGN(QJsonObject body, wire::write(push, sealer));
        const bool oneKind =
            std::ranges::all_of(push.records, [&](const auto &record) { return record.kind == first; });
        if (route == kRecordSync && oneKind)
            body.insert("kind"_L1, text(records::tableOf(first)));
        return body;
    }
    // The two older routes name no kind and compare all of theirs.
    Result<QJsonObject> operator()(const rules::CompareRecords &compare) const
    {
        const std::string_view route =
            compare.kinds.empty() ? kRecordSync : syncRouteOf(compare.kinds.front());
        QJsonObject body{{"checksum"_L1, text(compare.checksum)}};
        if (compare.kinds.size() == 1)
            body.insert("kind"_L1, text(records::tableOf(compare.kinds.front())));
        else if (compare.kinds != kindsOfRoute(route))
            return failure(Error::InvalidArgument,
                           "Records are compared one kind at a time, or all of a route.", "kinds");
        return body;
    }
};

struct AnswerEncoder {
    const records::SecretSealer *sealer;
    std::string_view joinKey;

    template <typename T>
    Result<QJsonObject> operator()(const T &answer) const
    {
        return wire::write(answer, sealer);
    }
    Result<QJsonObject> operator()(const rules::JoinConfirmAnswer &answer) const
    {
        TRY_ASSIGN(QJsonObject body, wire::write(answer, sealer));
        TRY_ASSIGN(const QJsonObject secrets, wire::write(answer.secrets, nullptr));
        if (joinKey.empty()) {
            body.insert("secrets"_L1, secrets);
            return body;
        }
        const QByteArray plain = QJsonDocument(secrets).toJson(QJsonDocument::Compact);
        const Bytes sealed =
            joinSealer(joinKey)->seal(asBytes(std::string_view(plain.data(), plain.size())), kSecretsAbout);
        body.insert("sealed_secrets"_L1, text(toBase64(sealed)));
        return body;
    }
};

struct AnswerContext {
    const records::SecretSealer *sealer;
    std::string_view joinKey;
};

Status readSecrets(const QJsonObject &body, std::string_view joinKey, rules::ClusterSecrets &into)
{
    if (body.contains("secrets"_L1)) {
        TRY_ASSIGN(into, wire::read<rules::ClusterSecrets>(body.value("secrets"_L1).toObject(), nullptr));
        return {};
    }
    std::string encoded;
    TRY_STATUS(wire::readValue(body.value("sealed_secrets"_L1), "sealed_secrets", encoded));
    const auto sealed = fromBase64(encoded);
    if (!sealed)
        return wire::wrongField("sealed_secrets", "base64");
    TRY_ASSIGN(const crypto::SecretBytes plain, joinSealer(joinKey)->open(*sealed, kSecretsAbout));
    const std::string_view json = asText(plain.view());
    const QJsonDocument document =
        QJsonDocument::fromJson(QByteArray::fromRawData(json.data(), static_cast<qsizetype>(json.size())));
    TRY_ASSIGN(into, wire::read<rules::ClusterSecrets>(document.object(), nullptr));
    return {};
}

using DecodeAnswer = Result<rules::Answer> (*)(const QJsonObject &, const AnswerContext &);

template <typename T>
Result<rules::Answer> decodeAnswerAs(const QJsonObject &body, const AnswerContext &context)
{
    TRY_ASSIGN(T answer, wire::read<T>(body, context.sealer));
    if constexpr (std::is_same_v<T, rules::JoinConfirmAnswer>)
        TRY_STATUS(readSecrets(body, context.joinKey, answer.secrets));
    return rules::Answer(std::move(answer));
}

// In the order of Answer, which is that of Request.
constexpr auto kAnswerDecoders = []<std::size_t... I>(std::index_sequence<I...>) {
    return std::array<DecodeAnswer, sizeof...(I)>{
        decodeAnswerAs<std::variant_alternative_t<I, rules::Answer>>...};
}(std::make_index_sequence<std::variant_size_v<rules::Answer>>());
static_assert(std::variant_size_v<rules::Answer> == std::variant_size_v<rules::Request>);

using Decode = Result<rules::Request> (*)(const QJsonObject &, const records::SecretSealer *);

template <typename T>
Result<rules::Request> decodeAs(const QJsonObject &body, const records::SecretSealer *sealer)
{
    TRY_ASSIGN(T request, wire::read<T>(body, sealer));
    return rules::Request(std::move(request));
}

struct Decoder {
    std::string_view route;
    Decode decode;
};
constexpr std::array kDecoders{
    Decoder{"record-digests", decodeAs<rules::AskDigests>},
    Decoder{"record-pull", decodeAs<rules::PullRecords>},
    Decoder{"record-seek", decodeAs<rules::SeekRecord>},
    Decoder{"name-reserve", decodeAs<rules::ReserveName>},
    Decoder{"join-offer", decodeAs<rules::JoinOffer>},
    Decoder{"join-confirm", decodeAs<rules::JoinConfirm>},
    Decoder{"join-invite", decodeAs<rules::JoinInvite>},
    Decoder{"secrets-fetch", decodeAs<rules::FetchSecrets>},
    Decoder{"secrets-deliver", decodeAs<rules::DeliverSecrets>},
    Decoder{"leave-cluster", decodeAs<rules::LeaveCluster>},
    Decoder{"beat", decodeAs<rules::Beat>},
    Decoder{"probe", decodeAs<rules::Probe>},
};

std::size_t roughSize(const records::Record &record)
{
    return static_cast<std::size_t>(QJsonDocument(record.body).toJson(QJsonDocument::Compact).size()) +
           record.secret.size() * 2 + record.id.size() + kRecordOverhead;
}

}  // namespace

Status checkFormat(const QJsonObject &body)
{
    unsigned format = 0;
    TRY_STATUS(wire::readValue(body.value("format"_L1), "format", format));
    if (format >= kOldestFormat && format <= kNewestFormat)
        return {};
    return failure(Error::Unsupported,
                   "The message has format " + std::to_string(format) + ", this node speaks " +
                       std::to_string(kOldestFormat) + " to " + std::to_string(kNewestFormat) +
                       ": update the older of the two nodes.",
                   "format");
}

MessageCodec::MessageCodec(std::string_view recordKey)
{
    const auto key = fromHex(recordKey);
    if (key)
        m_sealer = sealerOf(*key);
}

MessageCodec::~MessageCodec() = default;

Result<QJsonObject> MessageCodec::encode(const rules::Request &request) const
{
    return std::visit(RequestEncoder{m_sealer.get()}, request);
}

Result<rules::Request> MessageCodec::decode(std::string_view route, const QJsonObject &body) const
{
    if (isSyncRoute(route))
        return decodeSync(route, body, m_sealer.get());
    const auto *const found = std::ranges::find(kDecoders, route, &Decoder::route);
    if (found == kDecoders.end())
        return failure(Error::Unsupported, "The route " + std::string(route) + " carries no such message.",
                       std::string(route));
    return found->decode(body, m_sealer.get());
}

Result<QJsonObject> MessageCodec::encode(const rules::Answer &answer, std::string_view joinKey) const
{
    return std::visit(AnswerEncoder{m_sealer.get(), joinKey}, answer);
}

Result<rules::Answer> MessageCodec::decodeAnswer(const rules::Request &asked, const QJsonObject &body,
                                                 std::string_view joinKey) const
{
    return kAnswerDecoders[asked.index()](body, {m_sealer.get(), joinKey});
}

std::vector<rules::PushRecords> splitPush(rules::PushRecords push)
{
    std::vector<rules::PushRecords> parts;
    std::string_view route;
    std::size_t bytes = 0;
    for (records::Record &record : push.records) {
        const std::string_view itsRoute = syncRouteOf(record.kind);
        const std::size_t size = roughSize(record);
        if (parts.empty() || itsRoute != route || bytes + size > kPushBytes) {
            parts.emplace_back().forget = push.forget;
            route = itsRoute;
            bytes = 0;
        }
        bytes += size;
        parts.back().records.push_back(std::move(record));
    }
    return parts;
}

}  // namespace maxiofs::cluster::link
