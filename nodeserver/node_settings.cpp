// SPDX-License-Identifier: GPL-3.0-or-later
#include "node_settings.h"

#include "records/failover.h"

namespace maxiofs {

namespace {

using namespace Qt::StringLiterals;

constexpr std::int64_t kStandardScrubRate = 32LL << 20;
constexpr std::int64_t kHighestScrubRate = 10LL << 30;
constexpr qsizetype kLongestRegion = 64;
constexpr qint64 kStandardCacheTtl = 300;
constexpr qint64 kLongestCacheTtl = 86'400;
constexpr qint64 kStandardReplicationWorkers = 5;
constexpr qint64 kMostReplicationWorkers = 32;

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

Status checkCacheTtl(const QJsonValue &value)
{
    if (value.toInteger(-1) < 0 || value.toInteger() > kLongestCacheTtl)
        return failure(Error::InvalidArgument, "Locations are kept for 0 (not at all) to 86400 seconds",
                       std::string(records::kBucketCacheTtlSetting));
    return {};
}

Status checkPlacement(const QJsonValue &value)
{
    if (value.toString() != u"addressed"_s && value.toString().toStdString() != records::kPlaceByRoom)
        return failure(Error::InvalidArgument,
                       "New buckets go to the node \"addressed\", or by \"free-capacity\"",
                       std::string(records::kPlacementSetting));
    return {};
}

Status checkReplicationWorkers(const QJsonValue &value)
{
    if (value.toInteger() < 1 || value.toInteger() > kMostReplicationWorkers)
        return failure(Error::InvalidArgument, "A node replicates with 1 to 32 batches at once",
                       std::string(records::kReplicationWorkersSetting));
    return {};
}

// A whole number of seconds.
records::SettingDefinition seconds(std::string_view name, std::int64_t standard, std::int64_t lowest,
                                   std::int64_t highest, std::string about)
{
    const auto check = [name, lowest, highest](const QJsonValue &value) -> Status {
        if (value.toInteger(lowest - 1) >= lowest && value.toInteger() <= highest)
            return {};
        return failure(Error::InvalidArgument,
                       "The setting " + std::string(name) + " is " + std::to_string(lowest) + " to " +
                           std::to_string(highest) + " seconds",
                       std::string(name));
    };
    return {std::string(name),
            records::SettingDefinition::Type::Integer,
            static_cast<qint64>(standard),
            "seconds",
            std::move(about),
            check};
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
        {std::string(records::kBucketCacheTtlSetting), Type::Integer, kStandardCacheTtl, "seconds",
         "How long a node keeps in mind where a bucket is", checkCacheTtl},
        {std::string(records::kPlacementSetting),
         Type::Text,
         u"addressed"_s,
         {},
         "Where new buckets go: to the node addressed, or by free-capacity",
         checkPlacement},
        {std::string(records::kReplicationWorkersSetting), Type::Integer, kStandardReplicationWorkers,
         "batches", "How many batches of all replication rules a node sends at once",
         checkReplicationWorkers},
        records::failoverSetting(),
        seconds(records::kProbeIntervalSetting, 30, 5, 3600, "How often every node probes all others"),
        seconds(records::kProbeLimitSetting, 5, 1, 60, "How long a probe of a node may take"),
        seconds(records::kSyncIntervalSetting, 30, 5, 3600,
                "How often nodes compare their records, besides sending each change at once"),
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

    const Operation &forwarded = metrics.passedOn();
    text.counter("maxiofs_s3_forwarded_requests_total", "S3 requests that another node answered");
    text.sample(forwarded.requests.value());
    text.counter("maxiofs_s3_forwarded_errors_total", "S3 requests that another node answered with an error");
    text.sample(forwarded.clientErrors.value(), {{"class", "4xx"}});
    text.sample(forwarded.serverErrors.value(), {{"class", "5xx"}});
    text.counter("maxiofs_s3_forwarded_received_bytes_total", "Bytes of request bodies that were passed on");
    text.sample(forwarded.bytesIn.value());
    text.counter("maxiofs_s3_forwarded_sent_bytes_total", "Bytes of response bodies that were passed back");
    text.sample(forwarded.bytesOut.value());
    text.histogram("maxiofs_s3_forwarded_duration_seconds",
                   "From the request's head to the response's end, of requests that another node answered");
    text.durations(forwarded.latency);
}

}  // namespace maxiofs
