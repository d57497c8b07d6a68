// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/peer_calls.h"
#include "http/client.h"

namespace maxiofs::cluster {

// One exchange with a member whose answer is read as it arrives. On the I/O thread that opened it.
class MemberStream final : public PeerStream, private http::ClientWatch {
public:
    static constexpr std::size_t kMaxRefusal = 64 * 1024;

    /// `limit`: until the answer's head.
    explicit MemberStream(std::chrono::milliseconds limit);

    /// Sends the request and waits for the answer's head, whatever its status.
    net::Awaitable<Status> open(http::Client &client, http::Call call, http::Client::Reuse reuse);
    [[nodiscard]] bool wasKept() const { return m_wasKept; }
    [[nodiscard]] bool hasAnswered() const { return m_hasAnswered; }
    [[nodiscard]] unsigned status() const { return m_head.status; }
    /// Of a refusal.
    net::Awaitable<Result<std::string>> readWhole();

    [[nodiscard]] const http::ResponseHead &head() const override { return m_head; }
    net::Awaitable<Result<std::size_t>> read(std::span<std::byte> into) override;

private:
    [[nodiscard]] std::optional<Error> reasonToGiveUp(bool answerBegan) override;

    const std::chrono::steady_clock::time_point m_deadline;
    http::ResponseHead m_head;
    bool m_wasKept = false;
    bool m_hasAnswered = false;
    http::ClientLease m_lease;
};

}  // namespace maxiofs::cluster
