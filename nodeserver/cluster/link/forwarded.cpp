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

constexpr std::string_view kVersion = "1";
constexpr std::size_t kPieces = 8;
constexpr std::string_view kOverTls = "https";
constexpr std::string_view kPlain = "http";
constexpr std::int64_t kMsPerSecond = 1000;
constexpr std::uint64_t kGreatestMs = 1ULL << 52;

// Version, edge, epoch's number and node, time, address in base64url, scheme; the HMAC is the last piece of a
// value.
using Fields = std::array<std::string, kPieces - 1>;

Fields fieldsOf(const Forwarded &forwarded)
{
    return {std::string(kVersion),
            forwarded.edge.hex(),
            std::to_string(forwarded.epoch.number),
            forwarded.epoch.node.hex(),
            std::to_string(forwarded.wallMs),
            toBase64Url(asBytes(forwarded.clientAddress)),
            std::string(forwarded.clientTls ? kOverTls : kPlain)};
}

std::string proofOf(const Fields &fields, std::string_view method, std::string_view target,
                    std::string_view token)
{
    crypto::HmacSha256 hmac(asBytes(token));
    const auto part = [&](std::string_view text) {
        hmac.update(std::to_string(text.size()) + ":");
        hmac.update(text);
    };
    part("maxiofs forwarded");
    part(method);
    part(target);
    for (const std::string &field : fields)
        part(field);
    return toHex(hmac.finish());
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
    const Fields fields = fieldsOf(forwarded);
    std::string value;
    for (const std::string &field : fields)
        value += field + ".";
    return value + proofOf(fields, method, target, token);
}

Result<Forwarded> readForwarded(std::string_view value, std::string_view method, std::string_view target,
                                std::span<const std::string> tokens, std::int64_t nowMs)
{
    std::array<std::string_view, kPieces> pieces;
    std::size_t count = 0;
    text::forEachPiece(value, '.', [&](std::string_view piece) {
        if (count < kPieces)
            pieces[count] = piece;
        ++count;
    });
    if (count != kPieces || pieces[0] != kVersion)
        return refused("has not the form that this version knows");
    const auto edge = NodeId::fromHex(pieces[1]);
    const auto number = text::parseUnsigned(pieces[2]);
    const auto node = NodeId::fromHex(pieces[3]);
    const auto wallMs = text::parseUnsigned(pieces[4]);
    const auto address = fromBase64Url(pieces[5]);
    if (!edge || !number || !node || !wallMs || *wallMs > kGreatestMs || !address ||
        (pieces[6] != kOverTls && pieces[6] != kPlain))
        return refused("has a part of a wrong form");
    Forwarded forwarded{
        *edge, {*number, *node}, toText(*address), static_cast<std::int64_t>(*wallMs), pieces[6] == kOverTls};

    const Fields fields = fieldsOf(forwarded);
    bool proven = false;
    for (const std::string &token : tokens)
        proven = (!token.empty() &&
                  crypto::equalConstantTime(proofOf(fields, method, target, token), pieces[7])) ||
                 proven;
    if (!proven)
        return refused("is not signed with the cluster's token");
    const std::int64_t skewMs = forwarded.wallMs - nowMs;
    if (skewMs > kMaxSkewSeconds * kMsPerSecond || skewMs < -kMaxSkewSeconds * kMsPerSecond)
        return refused("is more than 5 minutes off: synchronise the nodes' clocks with NTP");
    return forwarded;
}

}  // namespace maxiofs::cluster::link
