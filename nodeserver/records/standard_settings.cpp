// SPDX-License-Identifier: GPL-3.0-or-later
#include "records/standard_settings.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace maxiofs::records {

namespace {

constexpr std::size_t kLongestRegion = 63;
constexpr std::int64_t kStandardScrubRate = std::int64_t{32} << 20;
constexpr std::int64_t kGreatestScrubRate = std::int64_t{1} << 40;

Status checkRegion(const QJsonValue &value)
{
    const std::string region = value.toString().toStdString();
    const bool plain = std::ranges::all_of(
        region, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
    if (region.empty() || region.size() > kLongestRegion || !plain) {
        return failure(Error::InvalidArgument,
                       "Setting s3-region must have 1 to 63 lower-case letters, digits and hyphens.",
                       std::string(kRegionSetting));
    }
    return {};
}

Status checkScrubRate(const QJsonValue &value)
{
    if (value.toInteger() < 0 || value.toInteger() > kGreatestScrubRate) {
        return failure(Error::InvalidArgument,
                       "Setting scrub-bytes-per-second must be 0 (no scrub) to 1099511627776.",
                       std::string(kScrubSetting));
    }
    return {};
}

}  // namespace

std::vector<SettingDefinition> standardSettings()
{
    using Type = SettingDefinition::Type;
    return {
        {std::string(kRegionSetting), Type::Text, u"us-east-1"_s, "",
         "The region that S3 answers name; signatures for any region are accepted.", checkRegion},
        {std::string(kScrubSetting), Type::Integer, static_cast<qint64>(kStandardScrubRate),
         "bytes per second", "How fast stored objects are read and checked in the background; 0 stops it.",
         checkScrubRate},
    };
}

}  // namespace maxiofs::records
