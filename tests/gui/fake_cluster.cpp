// SPDX-License-Identifier: GPL-3.0-or-later
#include "fake_console.h"

#include <QCryptographicHash>
#include <QDateTime>

#include <cmath>

namespace maxiofs::test {

using namespace Qt::StringLiterals;
using protocol::HealthStatus;

namespace {

constexpr std::int64_t kGiB = 1LL << 30;
constexpr double kTiB = 1024.0 * static_cast<double>(kGiB);

std::int64_t nowMs()
{
    return QDateTime::currentMSecsSinceEpoch();
}

// The same noise for the same second, without a generator's state.
double noise(const std::string &node, std::int64_t second)
{
    std::uint64_t x =
        std::hash<std::string>()(node) ^ (static_cast<std::uint64_t>(second) * 0x9E3779B97F4A7C15ULL);
    x ^= x >> 31;
    x *= 0xBF58476D1CE4E5B9ULL;
    x ^= x >> 29;
    return static_cast<double>(x % 10'000) / 10'000.0;
}

double latencyAround(const std::string &node, double base, std::int64_t atMs)
{
    // Between two values of the noise it goes straight.
    const auto wave = [atMs](const std::string &of, std::int64_t step) {
        const double part = static_cast<double>(atMs % step) / static_cast<double>(step);
        return noise(of, atMs / step) * (1 - part) + noise(of, atMs / step + 1) * part;
    };
    const double peak = wave(node + "s", 25'000);
    return base * (0.8 + 0.25 * wave(node, 17'000) + 0.2 * wave(node + "x", 70'000)) *
           (peak > 0.95 ? 1 + 30 * (peak - 0.95) : 1);
}

protocol::Node node(const std::string &name, const std::string &region, double usedTiB, double totalTiB,
                    std::int64_t bucketCount, std::int64_t priority, std::int64_t latencyMs)
{
    protocol::Node made;
    made.id = name + "-id";
    made.name = name;
    made.region = region;
    made.endpoint = "https://" + name + ".example.net:8080";
    made.priority = priority;
    made.healthStatus = HealthStatus::Healthy;
    made.lastHealthCheck = protocol::Time{nowMs() - 8'000};
    made.lastSeen = protocol::Time{nowMs() - 1'000};
    made.latencyMs = latencyMs;
    made.capacityUsed = static_cast<std::int64_t>(usedTiB * kTiB);
    made.capacityTotal = static_cast<std::int64_t>(totalTiB * kTiB);
    made.bucketCount = bucketCount;
    made.version = "0.1.0";
    return made;
}

// "3A:9F:...", the same for the same text.
std::string fingerprintLike(const std::string &text)
{
    return QCryptographicHash::hash(QByteArray::fromStdString(text), QCryptographicHash::Sha256)
        .toHex(':')
        .toUpper()
        .toStdString();
}

protocol::ClusterBucket bucket(const std::string &name, std::int64_t objects, double gib,
                               const std::string &owner, std::int64_t replicas)
{
    protocol::ClusterBucket made;
    made.name = name;
    made.primaryNode = owner + "-id";
    made.objectCount = objects;
    made.totalSize = static_cast<std::int64_t>(gib * static_cast<double>(kGiB));
    made.replicaCount = replicas;
    made.hasReplication = replicas > 0;
    made.epoch = 1;
    return made;
}

protocol::AuditEntry entry(int number, std::int64_t minutesAgo, const std::string &who,
                           const std::string &action, const std::string &what)
{
    protocol::AuditEntry made;
    made.id = "a" + std::to_string(number);
    made.time = {nowMs() - minutesAgo * 60'000};
    made.username = who;
    made.address = "10.0.1.7";
    made.action = action;
    made.resource = what;
    made.answer = 200;
    return made;
}

}  // namespace

void fillSmall(FakeConsole &console)
{
    console.nodes = {node("lab-1", "", 0.4, 1.8, 2, 100, 1)};
    console.nodes.front().isLocal = true;
    console.buckets = {bucket("backups", 18'204, 81.7, "lab-1", 0), bucket("media", 12, 0.4, "lab-1", 0)};
    console.collectedSinceMs = nowMs() - 12 * 60'000;
    console.latency = [](const std::string &id, std::int64_t atMs) { return latencyAround(id, 1.4, atMs); };
}

void fillLikeThePictures(FakeConsole &console)
{
    console.clusterToken = "5d1f0c6fd3a1f1c7c1c6f5a6e0f0b1c2d3e4f5061728394a5b6c7d8e9fa0b1c2";
    console.peerFingerprint = "3a9f41c07e12b8d5602bf49ce71583aa0d6ec93851f2947bb61ce05f82a73d49";
    console.nodes = {node("fra-1", "Frankfurt", 6.26, 7.28, 41, 10, 4),
                     node("fra-2", "Frankfurt", 4.37, 7.28, 36, 10, 5),
                     node("ams-1", "Amsterdam", 7.86, 14.55, 29, 20, 11),
                     node("ams-2", "Amsterdam", 9.31, 14.55, 31, 20, 1840),
                     node("par-1", "Paris", 3.20, 7.28, 17, 50, 18),
                     node("waw-1", "Warsaw", 2.91, 7.28, 12, 100, 0)};
    for (std::size_t i = 0; i < console.nodes.size(); ++i)
        console.nodes[i].createdAt = {nowMs() - 90 * 86'400'000LL +
                                      60'000 * static_cast<std::int64_t>(i == 3   ? 5
                                                                         : i == 4 ? 3
                                                                         : i == 5 ? 6
                                                                                  : i)};
    console.nodes.front().isLocal = true;
    console.nodes.front().metadata = {{u"rack"_s, u"4"_s}, {u"room"_s, u"b2"_s}};
    const std::int64_t start = nowMs();
    for (std::size_t i = 1; i < console.nodes.size(); ++i)
        console.nodes[i].clockSkewMs = static_cast<std::int64_t>(i) * 37 - 90;
    console.nodes[3].clockSkewMs = 320;
    for (const protocol::Node &node : console.nodes) {
        protocol::System system;
        system.nodeId = node.id;
        system.nodeName = node.name;
        system.version = node.version;
        system.state = "healthy";
        system.durability = "power-loss";
        system.nodeFingerprint = fingerprintLike(node.id);
        console.systems.push_back(system);
    }
    protocol::Node &slow = console.nodes[3];
    slow.healthStatus = HealthStatus::Degraded;
    slow.reason =
        "Answers in 1,840 ms instead of 12 ms; it began after its scrub rate was raised to 400 MiB/s.";
    protocol::Node &lost = console.nodes[5];
    lost.healthStatus = HealthStatus::Unavailable;
    lost.lastSeen = protocol::Time{start - 34 * 60'000};
    lost.reason = "Port 8080 does not answer within 5 s. Replicas serve 10 of its 12 buckets.";
    console.buckets = {bucket("backups-db", 18'204, 3092, "fra-2", 1),
                       bucket("container-registry", 51'777, 1044, "fra-1", 1),
                       bucket("invoices-2026", 284'119, 81.7, "fra-1", 1),
                       bucket("legal-archive", 75'084, 388.6, "par-1", 2),
                       bucket("media-archive", 1'310'220, 3185, "fra-1", 1),
                       bucket("media-originals", 96'412, 812, "fra-1", 1),
                       bucket("ml-checkpoints", 88'120, 1495, "par-1", 0),
                       bucket("ml-datasets", 1'204'880, 5018, "ams-2", 0),
                       bucket("telemetry-2025", 4'616'730, 1485, "waw-1", 1),
                       bucket("telemetry-raw", 9'880'412, 1925, "ams-1", 1),
                       bucket("thumbnails", 2'104'902, 214.6, "fra-1", 1),
                       bucket("user-uploads", 566'998, 425.2, "fra-1", 1),
                       bucket("web-assets", 31'007, 42.3, "fra-2", 0)};
    console.collectedSinceMs = start - 25 * 3'600'000LL;
    console.requestsPerSecond = 790;
    console.bytesInPerSecond = 92.0 * 1024 * 1024;
    console.bytesOutPerSecond = 270.0 * 1024 * 1024;
    console.latency = [start](const std::string &id, std::int64_t atMs) -> std::optional<double> {
        const std::string name = id.substr(0, id.size() - 3);
        if (name == "waw-1")
            return atMs > start - 34 * 60'000 ? std::nullopt : std::optional(latencyAround(id, 31, atMs));
        if (name == "ams-2" && atMs > start - 27 * 60'000) {
            const double rise = std::min(1.0, static_cast<double>(atMs - start + 27 * 60'000) / 120'000.0);
            return latencyAround(id, std::exp(std::log(12.0) + rise * std::log(1700.0 / 12.0)), atMs);
        }
        const double base = name == "fra-1" ? 4.2 : name == "fra-2" ? 5.6 : name == "par-1" ? 19 : 12;
        return latencyAround(id, base, atMs);
    };
    console.audit = {
        entry(1, 16, "maria", "bucket.create", "web-assets-next"), entry(2, 29, "maria", "auth.login", ""),
        entry(3, 104, "jonas", "user.update", "ci-upload"),
        entry(4, 290, "jonas", "bucket.delete", "old-exports"), entry(5, 300, "jonas", "auth.login", "")};
}

}  // namespace maxiofs::test
