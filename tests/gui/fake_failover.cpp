// SPDX-License-Identifier: GPL-3.0-or-later
#include "fake_console.h"

#include "protocol/envelope.h"

#include <QDateTime>

#include <algorithm>

namespace maxiofs::test {

using namespace Qt::StringLiterals;
using protocol::Conflict;
using protocol::HealthStatus;

namespace {

constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kMiB = 1LL << 20;

Conflict conflict(const std::string &bucket, const std::string &key, const std::string &node,
                  std::int64_t minutesAgo, std::int64_t size)
{
    const std::int64_t now = QDateTime::currentMSecsSinceEpoch();
    Conflict made;
    made.id = "conflict-" + std::to_string(minutesAgo);
    made.bucket = bucket;
    made.objectKey = key;
    made.versionId = "conflict-0019a7c1d2e3f401-" + node.substr(0, 2) + "9c21b7";
    made.nodeId = node + "-id";
    made.nodeName = node;
    made.changedAt = {now - minutesAgo * kMinuteMs};
    made.size = size;
    made.etag = "\"9b2cf535f27731c974343645a3985328\"";
    made.contentType = "image/x-canon-cr3";
    made.currentVersionId = "null";
    made.currentChangedAt = protocol::Time{now - (minutesAgo - 2) * kMinuteMs};
    made.currentSize = size + kMiB;
    made.currentEtag = "\"5d41402abc4b2a76b9719d911017c592\"";
    return made;
}

}  // namespace

void fillFailover(FakeConsole &console)
{
    FakeConsole::Failover &filled = console.failover;
    filled.conflicts = {
        conflict("media-originals", "2026/11/19/shoot-berlin/IMG_2214.CR3", "waw-1", 34, 31 * kMiB),
        conflict("media-originals", "2026/11/19/shoot-berlin/selection.json", "waw-1", 36, 18'204),
        conflict("user-uploads", "avatars/7f/maria.png", "ams-2", 47, 182'000)};
    filled.conflicts[1].currentVersionId.clear();
    filled.conflicts[1].currentChangedAt.reset();
    filled.conflicts[2].isDeleteMarker = true;
    filled.conflicts[2].size = 0;
    protocol::BucketNodes &media = filled.nodes["media-originals"];
    media.primary = {"fra-1-id", "fra-1", "https://fra-1.example.net:8080", HealthStatus::Healthy};
    media.replicas = {
        {"ams-2-id", "ams-2", "https://ams-2.example.net:8080", HealthStatus::Degraded, 250, true},
        {"par-1-id", "par-1", "https://par-1.example.net:8080", HealthStatus::Healthy, 0, false}};
    protocol::BucketNodes &raw = filled.nodes["telemetry-raw"];
    raw.primary = {"waw-1-id", "waw-1", "https://waw-1.example.net:8080", HealthStatus::Unavailable};
    raw.replicas = {{"ams-1-id", "ams-1", "https://ams-1.example.net:8080", HealthStatus::Healthy, {}, true}};
    raw.awaited = {{"par-1-id", "par-1", HealthStatus::Healthy}};
}

bool FakeConsole::answerFailover(QTcpSocket *socket, const Request &request)
{
    const QByteArray path = request.path.mid(QByteArray("/api/v1").size());
    const QJsonObject body = protocol::parseObject(request.body).value_or(QJsonObject());
    const bool isConflict = path.startsWith("/cluster/conflicts");
    const bool isNodes = path.startsWith("/cluster/buckets/") && path.endsWith("/nodes");
    const bool isPromotion = path.startsWith("/cluster/buckets/") && path.endsWith("/promote");
    const bool isPolicy = path == "/settings" || (path.startsWith("/buckets/") && path.endsWith("/failover"));
    if (!isConflict && !isNodes && !isPromotion && !isPolicy)
        return false;
    if (request.method != "GET") {
        const QByteArray what = request.method + ' ' + path;
        failover.asked.append({what, body});
        const Refusal no = failover.refuse ? failover.refuse(what) : Refusal{};
        if (no.status > 0) {
            reply(socket, no.status, protocol::errorText(no.code, no.message, "0b5b9b2e-req", no.details));
            return true;
        }
    }
    const std::string name = path.split('/').value(3).toStdString();
    if (isNodes && failover.nodes.contains(name))
        reply(socket, 200, protocol::successText(protocol::toJson(failover.nodes.at(name))));
    else if (isNodes)
        refuse(socket, 404, "NoSuchBucket", "There is no such bucket.");
    else if (isPromotion)
        answerPromotion(socket, name, body);
    else if (isPolicy)
        answerPolicy(socket, request, body);
    else if (request.method == "GET")
        answerConflicts(socket);
    else
        answerSettled(socket, name);
    return true;
}

void FakeConsole::answerConflicts(QTcpSocket *socket)
{
    if (failover.listStatus > 0) {
        refuse(socket, failover.listStatus, "Internal", "The disk of fra-1 does not answer.");
        return;
    }
    protocol::Page<Conflict> page;
    page.items = failover.conflicts;
    reply(socket, 200, protocol::successText(protocol::pageToJson(page)));
}

void FakeConsole::answerSettled(QTcpSocket *socket, const std::string &id)
{
    const auto found = std::ranges::find(failover.conflicts, id, &Conflict::id);
    if (found == failover.conflicts.end()) {
        refuse(socket, 404, "NoSuchConflict", "There is no such conflict.");
        return;
    }
    const protocol::RestoredConflict restored{found->bucket, found->objectKey, "null"};
    failover.conflicts.erase(found);
    reply(socket, 200, protocol::successText(protocol::toJson(restored)));
}

void FakeConsole::answerPromotion(QTcpSocket *socket, const std::string &bucket, const QJsonObject &body)
{
    const auto wish = *protocol::fromJson<protocol::PromoteRequest>(body);
    protocol::PromotedBucket promoted;
    promoted.bucket = bucket;
    promoted.nodeId = wish.nodeId.empty() ? failover.nodes.at(bucket).replicas.front().id : wish.nodeId;
    const auto node = std::ranges::find(nodes, promoted.nodeId, &protocol::Node::id);
    promoted.nodeName = node == nodes.end() ? std::string() : node->name;
    const auto owned = std::ranges::find(buckets, bucket, &protocol::ClusterBucket::name);
    if (owned != buckets.end()) {
        promoted.formerNodeId = owned->primaryNode;
        owned->primaryNode = promoted.nodeId;
    }
    reply(socket, 200, protocol::successText(protocol::toJson(promoted)));
}

void FakeConsole::answerPolicy(QTcpSocket *socket, const Request &request, const QJsonObject &body)
{
    const auto policyIn = [&body] {
        return protocol::fromName<protocol::FailoverPolicy>(
            body.value("failover"_L1).toString().toStdString());
    };
    protocol::BucketFailover &bucket = failover.bucket;
    const bool isCluster = request.path.endsWith("/settings");
    if (request.method == "PUT" && isCluster)
        bucket.clusterDefault = policyIn().value_or(protocol::FailoverPolicy::Automatic);
    else if (request.method == "PUT")
        bucket.failover = policyIn();
    bucket.inEffect = bucket.failover.value_or(bucket.clusterDefault);
    if (!isCluster) {
        reply(socket, 200, protocol::successText(protocol::toJson(bucket)));
        return;
    }
    protocol::Setting setting;
    setting.name = "failover";
    setting.value = QString::fromUtf8(QByteArrayView(protocol::nameOf(bucket.clusterDefault)));
    setting.standard = u"automatic"_s;
    setting.kind = "text";
    protocol::Page<protocol::Setting> page;
    page.items = {setting};
    reply(socket, 200, protocol::successText(protocol::pageToJson(page)));
}

}  // namespace maxiofs::test
