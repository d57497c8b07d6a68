// SPDX-License-Identifier: GPL-3.0-or-later
#include "node_settings.h"

namespace maxiofs {

namespace {

using namespace Qt::StringLiterals;

constexpr std::int64_t kStandardScrubRate = 32LL << 20;
constexpr std::int64_t kHighestScrubRate = 10LL << 30;
constexpr qsizetype kLongestRegion = 64;

Status checkRegion(const QJsonValue &value)
{
    const QString region = value.toString();
    bool fits = !region.isEmpty() && region.size() <= kLongestRegion;
    for (const QChar c : region)
        fits = fits && (c == u'-' || (c >= u'a' && c <= u'z') || (c >= u'0' && c <= u'9'));
    if (!fits)
        return failure(Error::InvalidArgument,
                       "A region has 1 to 64 lower-case letters, digits and hyphens, as in us-east-1",
                       std::string(records::kRegionSetting));
    return {};
}

Status checkScrubRate(const QJsonValue &value)
{
    if (value.toInteger(-1) < 0 || value.toInteger() > kHighestScrubRate)
        return failure(Error::InvalidArgument, "The scrub rate is 0 (off) to 10737418240 bytes per second",
                       std::string(records::kScrubSetting));
    return {};
}

}  // namespace

std::vector<records::SettingDefinition> nodeSettings()
{
    using Type = records::SettingDefinition::Type;
    return {
        {std::string(records::kRegionSetting),
         Type::Text,
         u"us-east-1"_s,
         {},
         "The region that GetBucketLocation answers",
         checkRegion},
        {std::string(records::kScrubSetting), Type::Integer, static_cast<qint64>(kStandardScrubRate),
         "bytes per second", "How fast stored data is read and checked; 0 stops it", checkScrubRate},
    };
}

void addS3Metrics(const api::s3::Metrics &metrics, api::ops::MetricsText &text)
{
    using api::s3::kOperationNames;
    using Operation = api::s3::Metrics::Operation;
    const auto each = [&](auto figure) {
        for (std::size_t i = 0; i < kOperationNames.size(); ++i) {
            const Operation &operation = metrics.operation(static_cast<api::s3::OperationId>(i));
            if (operation.requests.value() != 0)
                figure(operation, kOperationNames[i]);
        }
    };
    text.counter("maxiofs_s3_requests_total", "S3 requests answered");
    each([&](const Operation &o, std::string_view name) {
        text.sample(o.requests.value(), {{"operation", name}});
    });
    text.counter("maxiofs_s3_errors_total", "S3 requests answered with an error");
    each([&](const Operation &o, std::string_view name) {
        text.sample(o.clientErrors.value(), {{"operation", name}, {"class", "4xx"}});
        text.sample(o.serverErrors.value(), {{"operation", name}, {"class", "5xx"}});
    });
    text.counter("maxiofs_s3_received_bytes_total", "Bytes of request bodies");
    each([&](const Operation &o, std::string_view name) {
        text.sample(o.bytesIn.value(), {{"operation", name}});
    });
    text.counter("maxiofs_s3_sent_bytes_total", "Bytes of response bodies");
    each([&](const Operation &o, std::string_view name) {
        text.sample(o.bytesOut.value(), {{"operation", name}});
    });
    text.histogram("maxiofs_s3_request_duration_seconds", "From the request's head to the response's end");
    each(
        [&](const Operation &o, std::string_view name) { text.durations(o.latency, {{"operation", name}}); });
}

}  // namespace maxiofs
