// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/peer_link.h"

#include "cluster/link/routes.h"
#include "cluster/link/signature.h"
#include "cluster/link/wire_error.h"
#include "cluster/member_stream.h"
#include "protocol/json.h"

using namespace Qt::StringLiterals;

namespace maxiofs::cluster {

namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kBytes = "application/octet-stream";
constexpr unsigned kOk = 200;

// Whom a request is signed by, and with which key, where that is not the membership's.
struct JoinSigner {
    std::optional<NodeId> self;
    std::optional<std::string> key;

    void operator()(const rules::JoinOffer &offer)
    {
        self = offer.self.id;
        key = offer.key;
    }
    void operator()(const rules::JoinConfirm &confirm)
    {
        self = confirm.self.id;
        key = confirm.key;
    }
    void operator()(const rules::JoinInvite &invite)
    {
        key = invite.username.empty() ? invite.key : invite.secret;
    }
    template <typename Other>
    void operator()(const Other &)
    {
    }
};

bool wasReplayed(const Error &error)
{
    return error.code == Error::Unauthenticated && error.subject == link::kNonceHeader;
}

// A request that was repeated on a new connection finds that the first one had arrived.
Error outcomeUnknown(const rules::Peer &peer)
{
    return {Error::Closed,
            "The connection to " + peer.endpoint + " broke off; whether the request was done is unknown.",
            peer.endpoint};
}

Error notProven(const rules::Peer &peer)
{
    return {Error::Unauthenticated,
            "The node at " + peer.endpoint +
                " could not prove that it knows the cluster's token: the address leads to another node, or "
                "somebody stands between the two.",
            "proof"};
}

}  // namespace

struct PeerLink::Keys {
    LinkKeys keys;
    link::MessageCodec codec;

    explicit Keys(LinkKeys all) : keys(std::move(all)), codec(keys.recordKey) {}
    [[nodiscard]] std::string tokenOf(const NodeId &member) const
    {
        const auto found = keys.members.find(member);
        return found == keys.members.end() ? keys.token : found->second.token;
    }
};

// A request on its way, with what its answer is checked by.
struct PeerLink::Sent {
    std::shared_ptr<const Keys> keys;
    rules::Peer peer;
    std::string nonce;
    std::string key;
    http::Call call;
};

// Parts of one push, one after the other.
struct PeerLink::Push {
    rules::Peer peer;
    std::vector<rules::PushRecords> parts;
    std::size_t next = 0;
    std::chrono::steady_clock::time_point deadline;
    rules::PushRecordsAnswer sum;
    MachineThread::Arrived arrived;
};

namespace {

void address(http::Call &call, const rules::Peer &peer, std::string_view route)
{
    call.to = {peer.endpoint, peer.certificate, http::Destination::Security::Nodes};
    call.path = std::string(link::kInternalBase) + std::string(route);
    call.maxAnswer = link::kMaxSignedBody;
}

void fillCall(http::Call &call, const rules::Peer &peer, std::string_view route, const QJsonObject &body)
{
    address(call, peer, route);
    QJsonObject whole = body;
    whole.insert("format"_L1, static_cast<qint64>(link::kNewestFormat));
    call.body = protocol::toText(whole).toStdString();
}

// The nonce of the signature.
std::string signCall(http::Call &call, const std::string &key, const NodeId &self, std::int64_t wallMs,
                     std::string_view type = kJson)
{
    link::SignatureHeaders headers =
        link::sign(key, self, call.method, call.path, asBytes(call.body), wallMs);
    call.fields = {{"Content-Type", std::string(type)},
                   {std::string(link::kNodeIdHeader), headers.nodeId},
                   {std::string(link::kTimestampHeader), headers.timestamp},
                   {std::string(link::kNonceHeader), headers.nonce},
                   {std::string(link::kSignatureHeader), headers.signature}};
    return headers.nonce;
}

}  // namespace

PeerLink::PeerLink(http::Client &client, const Clock &clock, Refused refused)
    : m_client(client),
      m_clock(clock),
      m_refused(std::move(refused)),
      m_keys(std::make_shared<const Keys>(LinkKeys()))
{
}

void PeerLink::setKeys(LinkKeys keys)
{
    auto made = std::make_shared<const Keys>(std::move(keys));
    const base::MutexLock lock(m_mutex);
    m_keys = std::move(made);
}

std::shared_ptr<const PeerLink::Keys> PeerLink::snapshot() const
{
    const base::MutexLock lock(m_mutex);
    return m_keys;
}

std::shared_ptr<const link::MessageCodec> PeerLink::codec() const
{
    const auto all = snapshot();
    return {all, &all->codec};
}

Result<PeerLink::Sent> PeerLink::prepare(const rules::Peer &peer, const rules::Request &request) const
{
    Sent sent{snapshot(), peer, {}, {}, {}};
    JoinSigner signer;
    std::visit(signer, request);
    sent.key = signer.key ? *signer.key : sent.keys->tokenOf(peer.id);
    if (peer.certificate.empty() && sent.key.empty())
        return failure(Error::InvalidArgument,
                       "A node without a known certificate is called with a key alone.", peer.endpoint);
    TRY_ASSIGN(const QJsonObject body, sent.keys->codec.encode(request));
    fillCall(sent.call, peer, link::routeOf(request), body);
    sent.nonce = signCall(sent.call, sent.key, signer.self.value_or(sent.keys->keys.self), m_clock.unixMs());
    return sent;
}

Result<PeerLink::Sent> PeerLink::prepareFor(const NodeId &member) const
{
    Sent sent{snapshot(), {}, {}, {}, {}};
    const auto found = sent.keys->keys.members.find(member);
    if (found == sent.keys->keys.members.end())
        return failure(Error::NotFound, "The node " + member.uuid() + " is no member of the cluster.",
                       member.uuid());
    sent.peer = found->second.peer;
    sent.key = found->second.token;
    return sent;
}

Result<PeerLink::Sent> PeerLink::prepareCall(const NodeId &member, std::string_view route,
                                             const QJsonObject &body) const
{
    TRY_ASSIGN(Sent sent, prepareFor(member));
    fillCall(sent.call, sent.peer, route, body);
    sent.nonce = signCall(sent.call, sent.key, sent.keys->keys.self, m_clock.unixMs());
    return sent;
}

Status PeerLink::checkStatus(const Sent &sent, const Result<http::Answer> &answer) const
{
    if (!answer)
        return failure(answer.error());
    if (answer->head.status() == kOk)
        return {};
    Error error = link::errorOf(answer->head.status(), answer->body);
    if (!sent.peer.certificate.empty() && rules::refusalOf(error))
        m_refused(sent.peer, error);
    return failure(std::move(error));
}

Result<QJsonObject> PeerLink::check(const Sent &sent, Result<http::Answer> answer) const
{
    TRY_STATUS(checkStatus(sent, answer));
    if (sent.peer.certificate.empty()) {
        const link::AnswerParts parts{sent.call.path, sent.nonce, sent.keys->keys.ownCertificate,
                                      answer->seenCertificate, asBytes(answer->body)};
        const std::string_view proof = answer->head.find(link::kAnswerProofHeader).value_or("");
        if (!link::isAnswerProvenBy(sent.key, parts, proof))
            return failure(notProven(sent.peer));
    }
    TRY_ASSIGN(QJsonObject body, protocol::parseObject(QByteArray::fromRawData(
                                     answer->body.data(), static_cast<qsizetype>(answer->body.size()))));
    TRY_STATUS(link::checkFormat(body));
    return body;
}

void PeerLink::ask(const rules::Peer &peer, rules::Request request, std::int64_t limitMs,
                   MachineThread::Arrived arrived)
{
    const std::chrono::milliseconds limit(limitMs);
    if (auto *const records = std::get_if<rules::PushRecords>(&request)) {
        auto push = std::make_shared<Push>();
        push->peer = peer;
        push->parts = link::splitPush(std::move(*records));
        push->deadline = std::chrono::steady_clock::now() + limit;
        push->arrived = std::move(arrived);
        return pushNext(std::move(push));
    }
    Result<Sent> sent = prepare(peer, request);
    if (!sent) {
        arrived([error = std::move(sent).error()]() -> Result<rules::Answer> { return failure(error); });
        return;
    }
    sent->call.limit = limit;
    http::Call call = sent->call;
    m_client.call(std::move(call), [this, sent = std::move(*sent), request = std::move(request),
                                    arrived = std::move(arrived)](Result<http::Answer> answer) mutable {
        arrived([this, sent = std::move(sent), request = std::move(request),
                 answer = std::move(answer)]() mutable -> Result<rules::Answer> {
            const std::string seen = answer ? answer->seenCertificate : std::string();
            Result<QJsonObject> body = check(sent, std::move(answer));
            if (!body)
                return failure(wasReplayed(body.error()) ? outcomeUnknown(sent.peer)
                                                         : std::move(body).error());
            TRY_ASSIGN(rules::Answer read, sent.keys->codec.decodeAnswer(request, *body, sent.key));
            if (const auto *const offer = std::get_if<rules::JoinOfferAnswer>(&read);
                offer != nullptr && offer->member.certificate != seen)
                return failure(notProven(sent.peer));
            return read;
        });
    });
}

void PeerLink::pushNext(std::shared_ptr<Push> push)
{
    if (push->next == push->parts.size()) {
        push->arrived([sum = push->sum]() -> Result<rules::Answer> { return sum; });
        return;
    }
    const auto fail = [](Push &failed, Error error) {
        failed.arrived([error = std::move(error)]() -> Result<rules::Answer> { return failure(error); });
    };
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(push->deadline -
                                                                            std::chrono::steady_clock::now());
    if (left.count() <= 0)
        return fail(*push,
                    Error(Error::TimedOut, "Not all records could be sent in time.", push->peer.endpoint));
    const rules::Request request(std::move(push->parts[push->next++]));
    Result<Sent> sent = prepare(push->peer, request);
    if (!sent)
        return fail(*push, std::move(sent).error());
    sent->call.limit = left;
    http::Call call = sent->call;
    m_client.call(std::move(call), [this, fail, push = std::move(push),
                                    sent = std::move(*sent)](Result<http::Answer> answer) mutable {
        Result<QJsonObject> body = check(sent, std::move(answer));
        // Records are good to send twice: the first ones had arrived.
        if (!body && wasReplayed(body.error()))
            return pushNext(std::move(push));
        if (!body)
            return fail(*push, std::move(body).error());
        const auto read = sent.keys->codec.decodeAnswer(rules::PushRecords(), *body, sent.key);
        if (!read)
            return fail(*push, read.error());
        const auto &part = std::get<rules::PushRecordsAnswer>(*read);
        push->sum.applied += part.applied;
        push->sum.ignored += part.ignored;
        pushNext(std::move(push));
    });
}

Result<std::string> PeerLink::certificateOf(const std::string &endpoint, std::chrono::milliseconds limit)
{
    http::Call call;
    call.to = {endpoint, {}, http::Destination::Security::Nodes};
    call.method = "GET";
    call.path = "/health";
    call.limit = limit;
    Awaited<std::string> awaited;
    m_client.call(std::move(call), [done = awaited.giver()](Result<http::Answer> answer) mutable {
        if (answer)
            done(std::move(answer->seenCertificate));
        else
            done(failure(std::move(answer).error()));
    });
    return awaited.wait();
}

net::Awaitable<Result<QJsonObject>> PeerLink::call(NodeId member, std::string_view route, QJsonObject body,
                                                   std::chrono::milliseconds limit)
{
    CO_TRY_ASSIGN(Sent sent, prepareCall(member, route, body));
    sent.call.limit = limit;
    http::Call call = sent.call;
    Result<http::Answer> answer = co_await m_client.call(std::move(call));
    Result<QJsonObject> checked = check(sent, std::move(answer));
    if (!checked && wasReplayed(checked.error()))
        co_return failure(outcomeUnknown(sent.peer));
    co_return checked;
}

Result<QJsonObject> PeerLink::callAndWait(const NodeId &member, std::string_view route, QJsonObject body,
                                          std::chrono::milliseconds limit)
{
    TRY_ASSIGN(Sent sent, prepareCall(member, route, body));
    sent.call.limit = limit;
    http::Call call = sent.call;
    Awaited<http::Answer> awaited;
    m_client.call(std::move(call), awaited.giver());
    Result<QJsonObject> checked = check(sent, awaited.wait());
    if (!checked && wasReplayed(checked.error()))
        return failure(outcomeUnknown(sent.peer));
    return checked;
}

void PeerLink::send(const NodeId &member, std::string_view route, std::string bytes,
                    std::chrono::milliseconds limit, Answered answered)
{
    Result<Sent> sent = prepareFor(member);
    if (!sent)
        return answered(failure(std::move(sent).error()));
    http::Call call;
    address(call, sent->peer, route);
    call.body = std::move(bytes);
    call.limit = limit;
    signCall(call, sent->key, sent->keys->keys.self, m_clock.unixMs(), kBytes);
    m_client.call(std::move(call), [this, sent = std::move(*sent),
                                    answered = std::move(answered)](Result<http::Answer> answer) mutable {
        if (Status status = checkStatus(sent, answer); !status)
            return answered(
                failure(wasReplayed(status.error()) ? outcomeUnknown(sent.peer) : std::move(status).error()));
        answered(std::move(answer->body));
    });
}

net::Awaitable<Result<std::unique_ptr<PeerStream>>>
PeerLink::open(NodeId member, std::string_view route, QJsonObject body, std::chrono::milliseconds limit)
{
    // A kept connection may turn out to be gone; a signature is good once.
    for (const auto reuse : {http::Client::Reuse::Allowed, http::Client::Reuse::Never}) {
        CO_TRY_ASSIGN(Sent sent, prepareCall(member, route, body));
        auto stream = std::make_unique<MemberStream>(limit);
        http::Call call = sent.call;
        const Status opened = co_await stream->open(m_client, std::move(call), reuse);
        if (!opened && stream->wasKept() && !stream->hasAnswered())
            continue;
        if (!opened)
            co_return failure(opened.error());
        if (stream->status() == kOk)
            co_return stream;
        CO_TRY_ASSIGN(const std::string refusal, co_await stream->readWhole());
        Error error = link::errorOf(stream->status(), refusal);
        if (rules::refusalOf(error))
            m_refused(sent.peer, error);
        co_return failure(std::move(error));
    }
    co_return failure(Error::Closed, "The connection to the node " + member.uuid() + " broke off.");
}

}  // namespace maxiofs::cluster
