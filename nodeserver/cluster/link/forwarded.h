// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "records/record.h"

namespace maxiofs::cluster::link {

inline constexpr std::string_view kForwardedHeader = "X-MaxIOFS-Forwarded";

// What an edge says about a request that it passes on. It grants nothing but "do not forward again", and a
// full replica an answer to a read; it tells the client's address, and whether the client came over TLS.
struct Forwarded {
    NodeId edge;
    records::Epoch epoch;       // of the bucket's location, as the edge knows it
    std::string clientAddress;  //
    std::int64_t wallMs = 0;    // when
    bool clientTls = false;
    bool toReplica = false;  // the owner does not answer: a full replica may, if it is a read
};

/// The header's value: the fields and an HMAC over them with method and target, each with its length in
/// front.
[[nodiscard]] std::string forwardedValue(const Forwarded &forwarded, std::string_view method,
                                         std::string_view target, std::string_view token);
/// Unauthenticated for a wrong form or HMAC, or more than 5 minutes of skew. `tokens`: those that are good
/// now.
[[nodiscard]] Result<Forwarded> readForwarded(std::string_view value, std::string_view method,
                                              std::string_view target,
                                              std::span<const std::string_view> tokens, std::int64_t nowMs);

}  // namespace maxiofs::cluster::link
