// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/call.h"

namespace maxiofs::api::s3 {

// A request that needs its bucket's owner, which could not be reached: until another node has taken the
// bucket or the owner is heard again, or too long. Only where somebody may take it. On the request's thread.
class OwnerWait {
public:
    static constexpr std::chrono::milliseconds kPause{50};  // between looks
    static constexpr unsigned kMaxWaiting = 256;            // at once: each may hold a body of 256 KiB

    explicit OwnerWait(Call &call) : m_call(call) {}
    ~OwnerWait();
    OwnerWait(const OwnerWait &) = delete;
    OwnerWait &operator=(const OwnerWait &) = delete;

    /// Whether the request may be tried again now; `failed` is where it was sent in vain. False at once where
    /// nobody may take the bucket, where too many wait or the client has gone, and in the end when the time
    /// is over, which all calls share.
    net::Awaitable<bool> wait(cluster::Route failed);
    /// Whether it waited in vain: the client is to come again.
    [[nodiscard]] bool hasWaited() const { return m_begun.has_value(); }

private:
    [[nodiscard]] bool begin();
    [[nodiscard]] bool mayTryAgain(const cluster::Route &failed, std::int64_t sinceMs) const;

    Call &m_call;
    std::optional<std::chrono::steady_clock::time_point> m_begun;
};

}  // namespace maxiofs::api::s3
