// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/link/forwarded.h"

#include "base/hex.h"
#include "cluster/link/signature.h"
#include "crypto/constant_time.h"
#include "crypto/hmac.h"
#include "text/ascii.h"

#include <array>

namespace maxiofs::cluster::link {

namespace {

constexpr std::string_view kToOwner = "1";    // versions: nodes that do not know of the second
constexpr std::string_view kToReplica = "2";  // refuse it
constexpr std::size_t kPieces = 8;
constexpr char kSeparator = '.';
constexpr std::string_view kOverTls = "https";
constexpr std::string_view kPlain = "http";
constexpr std::int64_t kMsPerSecond = 1000;
constexpr std::uint64_t kGreatestMs = 1ULL << 52;

// Version, edge, epoch's number and node, time, address in base64url, scheme: what the value's last piece,
// the HMAC, covers beside method and target.
std::string wordsOf(const Forwarded &forwarded)
{
    constexpr std::size_t kUsualBytes = 256;
    std::string words;
    words.reserve(kUsualBytes);
    const auto add = [&words](std::string_view word) { words.append(word).push_back(kSeparator); };
    add(forwarded.toReplica ? kToReplica : kToOwner);
    add(forwarded.edge.hex());
    add(std::to_string(forwarded.epoch.number));
    add(forwarded.epoch.node.hex());
    add(std::to_string(forwarded.wallMs));
    add(toBase64Url(asBytes(forwarded.clientAddress)));
    words.append(forwarded.clientTls ? kOverTls : kPlain);
    return words;
}

std::string proofOf(std::string_view words, std::string_view method, std::string_view target,
                    std::string_view token)
{
    constexpr std::size_t kPrefixBytes = 64;
    const std::array<std::string_view, 4> parts{"maxiofs forwarded", method, target, words};
    std::string text;
    text.reserve(words.size() + method.size() + target.size() + kPrefixBytes);
    for (const std::string_view part : parts)
        text.append(std::to_string(part.size())).append(":").append(part);
    return toHex(crypto::hmacSha256(asBytes(token), asBytes(text)));
}

std::unexpected<Error> refused(std::string_view why)
{
    return failure(Error::Unauthenticated, std::string(kForwardedHeader) + " " + std::string(why) + ".",
                   std::string(kForwardedHeader));
}

}  // namespace

std::string forwardedValue(const Forwarded &forwarded, std::string_view method, std::string_view target,
                           std::string_view token)
{
    std::string value = wordsOf(forwarded);
    const std::string proof = proofOf(value, method, target, token);
    value.push_back(kSeparator);
    return value.append(proof);
}

Result<Forwarded> readForwarded(std::string_view value, std::string_view method, std::string_view target,
                                std::span<const std::string_view> tokens, std::int64_t nowMs)
{
    std::array<std::string_view, kPieces> pieces;
    std::size_t count = 0;
    text::forEachPiece(value, kSeparator, [&](std::string_view piece) {
        if (count < kPieces)
            pieces[count] = piece;
        ++count;
    });
    if (count != kPieces || (pieces[0] != kToOwner && pieces[0] != kToReplica))
        return refused("has not the form that this version knows");
    const auto edge = NodeId::fromHex(pieces[1]);
    const auto number = text::parseUnsigned(pieces[2]);
    const auto node = NodeId::fromHex(pieces[3]);
    const auto wallMs = text::parseUnsigned(pieces[4]);
    const auto address = fromBase64Url(pieces[5]);
    if (!edge || !number || !node || !wallMs || *wallMs > kGreatestMs || !address ||
        (pieces[6] != kOverTls && pieces[6] != kPlain))
        return refused("has a part of a wrong form");
    Forwarded forwarded{*edge,
                        {*number, *node},
                        toText(*address),
                        static_cast<std::int64_t>(*wallMs),
                        pieces[6] == kOverTls,
                        pieces[0] == kToReplica};

    const std::string_view words = value.substr(0, value.size() - pieces.back().size() - 1);
    bool proven = false;
    for (const std::string_view token : tokens)
        proven =
            (!token.empty() && crypto::equalConstantTime(proofOf(words, method, target, token), pieces[7])) ||
            proven;
    if (!proven)
        return refused("is not signed with the cluster's token");
    const std::int64_t skewMs = forwarded.wallMs - nowMs;
    if (skewMs > kMaxSkewSeconds * kMsPerSecond || skewMs < -kMaxSkewSeconds * kMsPerSecond)
        return refused("is more than 5 minutes off: synchronise the nodes' clocks with NTP");
    return forwarded;
}

}  // namespace maxiofs::cluster::link
