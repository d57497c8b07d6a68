// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bench/options.h"
#include "crypto/digest.h"
#include "crypto/hmac.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace maxiofs::bench {

// Makes signed request heads with little work: the parts that do not change are put together once a second,
// and the head of a key that was asked for in the same second is sent again as it is. One thread.
class RequestMaker {
public:
    explicit RequestMaker(const Options &options);

    /// The head of the request with this index, signed for now. Valid until the next call.
    [[nodiscard]] std::string_view head(std::uint64_t index);

    /// One block of the body; the body is this block again and again, cut to options.size.
    [[nodiscard]] const std::string &bodyBlock() const { return m_block; }

private:
    struct Cached {
        std::int64_t second = 0;
        std::string head;
    };
    static constexpr std::uint64_t kMaxCached = 16'384;

    void startSecond(std::int64_t second);
    void appendPath(std::string &to, std::uint64_t index) const;
    void write(std::string &into, std::uint64_t index);

    const Options &m_options;
    std::string m_host;
    std::string m_block;
    std::string m_payloadHash;
    std::string m_afterPath;  // of the canonical request
    std::string m_day;
    std::int64_t m_second = 0;
    std::string m_amzDate;
    std::string m_stringToSignStart;
    std::optional<crypto::HmacSha256> m_hmac;
    crypto::Sha256 m_hash;
    std::string m_canonical;
    std::string m_scratch;
    std::string m_head;
    std::vector<Cached> m_cache;
};

}  // namespace maxiofs::bench
