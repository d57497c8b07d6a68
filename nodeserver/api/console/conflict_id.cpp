// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/conflict_id.h"

#include "base/hex.h"

#include <tuple>

namespace maxiofs::api::console {

namespace {

constexpr char kSeparator = '/';  // in neither a bucket's id nor a version's
constexpr std::string_view kConflictVersion = "conflict-";

}  // namespace

std::string conflictId(const BucketId &bucket, std::string_view key, const store::VersionId &version)
{
    const std::string text = bucket.hex() + kSeparator + version.text() + kSeparator + std::string(key);
    return toBase64Url(asBytes(text));
}

std::optional<store::ConflictPlace> conflictPlaceOf(std::string_view id)
{
    const auto bytes = fromBase64Url(id);
    if (!bytes)
        return std::nullopt;
    const std::string_view text = asText(*bytes);
    const std::size_t first = text.find(kSeparator);
    const std::size_t second = first == std::string_view::npos ? first : text.find(kSeparator, first + 1);
    if (second == std::string_view::npos)
        return std::nullopt;
    const std::string_view version = text.substr(first + 1, second - first - 1);
    const auto bucket = BucketId::fromHex(text.substr(0, first));
    const auto parsed = store::VersionId::parse(version);
    const std::string_view key = text.substr(second + 1);
    if (!bucket || !parsed || !version.starts_with(kConflictVersion) || key.empty() ||
        key.size() > store::kMaxKeyBytes)
        return std::nullopt;
    return store::ConflictPlace{*bucket, std::string(key), *parsed};
}

bool isBefore(const store::ConflictPlace &a, const store::ConflictPlace &b)
{
    return std::tie(a.bucket, a.key, b.version) < std::tie(b.bucket, b.key, a.version);
}

}  // namespace maxiofs::api::console
