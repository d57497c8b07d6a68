// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "base/mutex.h"
#include "cluster/link/message_codec.h"
#include "cluster/machine_thread.h"
#include "cluster/peer_calls.h"
#include "http/client.h"

#include <map>

namespace maxiofs::cluster {

// With what this node signs and seals, and whom it knows: a value, made anew after each change of the
// membership.
struct LinkKeys {
    struct Member {
        rules::Peer peer;
        std::string token;  // that it knows
    };

    NodeId self;
    std::string ownCertificate;  // SHA-256, 64 hex
    std::string token;           // for those who are no members (any more); empty for a lone node
    std::string recordKey;
    std::map<NodeId, Member> members;  // the others
};

// This node's calls to others over pinned TLS: for the machines by ask(), for the other parts as PeerCalls.
// Any thread.
class PeerLink final : public PeerCalls {
public:
    using Refused = std::function<void(const rules::Peer &peer, const Error &error)>;

    /// `refused`: a member with its pinned certificate does not let this node in. Called on an I/O thread.
    PeerLink(http::Client &client, const Clock &clock, Refused refused);

    void setKeys(LinkKeys keys);
    /// Of the keys that were set last.
    [[nodiscard]] std::shared_ptr<const link::MessageCodec> codec() const;

    /// As MachineThread::Ask. Without a pinned certificate only what a join begins with, where the answer
    /// proves the token over both certificates.
    void ask(const rules::Peer &peer, rules::Request request, std::int64_t limitMs,
             MachineThread::Arrived arrived);
    /// The certificate that a node shows: SHA-256, 64 hex. Closed or TimedOut.
    [[nodiscard]] Result<std::string> certificateOf(const std::string &endpoint,
                                                    std::chrono::milliseconds limit);

    net::Awaitable<Result<QJsonObject>> call(NodeId member, std::string_view route, QJsonObject body,
                                             std::chrono::milliseconds limit) override;
    [[nodiscard]] Result<QJsonObject> callAndWait(const NodeId &member, std::string_view route,
                                                  QJsonObject body, std::chrono::milliseconds limit) override;
    void send(const NodeId &member, std::string_view route, std::string bytes,
              std::chrono::milliseconds limit, Answered answered) override;
    net::Awaitable<Result<std::unique_ptr<PeerStream>>>
    open(NodeId member, std::string_view route, QJsonObject body, std::chrono::milliseconds limit) override;

private:
    struct Keys;
    struct Sent;
    struct Push;

    [[nodiscard]] Result<Sent> prepare(const rules::Peer &peer, const rules::Request &request) const;
    [[nodiscard]] Result<Sent> prepareCall(const NodeId &member, std::string_view route,
                                           const QJsonObject &body) const;
    [[nodiscard]] Status checkStatus(const Sent &sent, const Result<http::Answer> &answer) const;
    /// The answer's body, after it has proven itself.
    [[nodiscard]] Result<QJsonObject> check(const Sent &sent, Result<http::Answer> answer) const;
    [[nodiscard]] Result<Sent> prepareFor(const NodeId &member) const;
    void pushNext(std::shared_ptr<Push> push);
    [[nodiscard]] std::shared_ptr<const Keys> snapshot() const;

    http::Client &m_client;
    const Clock &m_clock;
    const Refused m_refused;
    mutable base::Mutex m_mutex;
    std::shared_ptr<const Keys> m_keys GUARDED_BY(m_mutex);
};

}  // namespace maxiofs::cluster
