// SPDX-License-Identifier: GPL-3.0-or-later
#include "fake_console.h"

#include "protocol/envelope.h"

#include <QDateTime>

#include <algorithm>

namespace maxiofs::test {

using namespace Qt::StringLiterals;
using protocol::ReplicationQueueStatus;
using protocol::ReplicationRule;
using protocol::ReplicationStatus;

namespace {

constexpr std::int64_t kMiB = 1LL << 20;

std::int64_t nowMs()
{
    return QDateTime::currentMSecsSinceEpoch();
}

ReplicationRule rule(const std::string &bucket, const std::string &source, const std::string &destination,
                     std::int64_t interval, ReplicationStatus status, std::int64_t objects, double mib,
                     std::int64_t seconds, const std::string &error = {})
{
    ReplicationRule made;
    made.id = "rule-" + bucket;
    made.sourceBucket = bucket;
    made.destinationBucket = bucket;
    made.sourceNodeId = source + "-id";
    made.destinationNodeId = destination + "-id";
    made.options.syncIntervalSeconds = interval;
    made.createdAt = {nowMs() - 86'400'000};
    made.updatedAt = made.createdAt;
    made.state.status = status;
    made.state.lagObjects = objects;
    made.state.lagBytes = static_cast<std::int64_t>(mib * static_cast<double>(kMiB));
    made.state.lagSeconds = seconds;
    made.state.objectsReplicated = 96'412;
    made.state.bytesReplicated = 871'000 * kMiB;
    made.state.lastSyncAt = protocol::Time{nowMs() - std::max<std::int64_t>(seconds, 3) * 1000};
    if (!error.empty())
        made.state.lastError = error;
    return made;
}

protocol::ReplicationQueueEntry queued(int number, const std::string &key, ReplicationQueueStatus status,
                                       double mib, std::int64_t attempts)
{
    protocol::ReplicationQueueEntry made;
    made.id = "q" + std::to_string(number);
    made.replicationRuleId = "rule-media-originals";
    made.sourceBucket = "media-originals";
    made.objectKey = key;
    made.versionId = "null";
    made.status = status;
    made.size = static_cast<std::int64_t>(mib * static_cast<double>(kMiB));
    made.attempts = attempts;
    return made;
}

}  // namespace

void fillReplication(FakeConsole &console)
{
    FakeConsole::Replication &filled = console.replication;
    const std::string away = "waw-1: no answer on port 8080 within 5 s";
    filled.rules = {
        rule("telemetry-raw", "ams-1", "waw-1", 300, ReplicationStatus::Failing, 48'210, 12'902, 2'040, away),
        rule("web-assets", "fra-2", "waw-1", 60, ReplicationStatus::Failing, 310, 1'126, 2'040, away),
        rule("media-originals", "fra-1", "ams-2", 10, ReplicationStatus::Behind, 1'284, 3'277, 250,
             "ams-2: first byte after 1,790 ms"),
        rule("thumbnails", "fra-1", "par-1", 60, ReplicationStatus::CatchingUp, 22, 1.4, 11),
        rule("ml-datasets", "ams-2", "fra-2", 300, ReplicationStatus::Paused, 2'904, 90'522, 183'600),
        rule("backups-db", "fra-2", "ams-1", 60, ReplicationStatus::InSync, 12, 410, 38),
        rule("container-registry", "fra-1", "fra-2", 10, ReplicationStatus::InSync, 3, 18, 4),
        rule("invoices-2026", "fra-1", "fra-2", 0, ReplicationStatus::InSync, 0, 0, 0),
        rule("legal-archive", "par-1", "ams-1", 3600, ReplicationStatus::InSync, 0, 0, 0),
        rule("user-uploads", "fra-1", "fra-2", 10, ReplicationStatus::InSync, 0, 0, 0)};
    filled.rules[0].options.replicateDeletes = false;
    filled.rules[0].full = false;
    filled.rules[3].options.replicateMetadata = false;
    filled.rules[3].full = false;
    filled.rules[8].options.replicateDeletes = false;
    ReplicationRule &behind = filled.rules[2];
    behind.state.objectsInPerSecond = 3.3;
    behind.state.objectsOutPerSecond = 2.6;
    behind.state.bytesInPerSecond = 104.0 * static_cast<double>(kMiB);
    behind.state.bytesOutPerSecond = 81.0 * static_cast<double>(kMiB);
    behind.state.objectsInFlight = 2;
    behind.state.objectsRetrying = 6;
    behind.state.errors = 19;
    ReplicationRule &paused = filled.rules[4];
    paused.options.enabled = false;
    paused.pausedBy = "jonas";
    paused.pausedAt = protocol::Time{nowMs() - 2 * 86'400'000LL};
    const std::string folder = "2026/11/19/shoot-berlin/";
    filled.queue = {queued(1, folder + "IMG_2214.CR3", ReplicationQueueStatus::Sending, 31.4, 1),
                    queued(2, folder + "IMG_2215.CR3", ReplicationQueueStatus::Sending, 30.9, 1),
                    queued(3, folder + "preview.mp4", ReplicationQueueStatus::Failed, 1'843, 3),
                    queued(4, folder + "IMG_2216.CR3", ReplicationQueueStatus::Pending, 32.2, 0),
                    queued(5, "2026/11/18/drafts/cover-old.psd", ReplicationQueueStatus::Pending, 0, 0),
                    queued(6, folder + "IMG_2217.CR3", ReplicationQueueStatus::Pending, 31.1, 0)};
    filled.queue[0].bytesSent = filled.queue[0].size * 64 / 100;
    filled.queue[1].bytesSent = filled.queue[1].size / 5;
    filled.queue[2].lastError = "503 from ams-2 after 30 s at part 118 of 231";
    filled.queue[2].nextAttemptAt = protocol::Time{nowMs() + 3'600'000};
    filled.queue[4].operation = protocol::ReplicationOperation::Delete;
    for (ReplicationRule &one : filled.rules)
        one.options.enabled = one.state.status != ReplicationStatus::Paused;
}

ReplicationRule FakeConsole::newRule(const protocol::ReplicationRuleRequest &wish)
{
    ReplicationRule made;
    made.id = "rule-" + std::to_string(++m_issued);
    made.sourceBucket = wish.sourceBucket;
    made.destinationNodeId = wish.destinationNodeId;
    made.destinationBucket = wish.destinationBucket.value_or(wish.sourceBucket);
    made.options = wish.options;
    made.replica = made.destinationBucket == made.sourceBucket;
    const auto bucket = std::ranges::find(buckets, wish.sourceBucket, &protocol::ClusterBucket::name);
    if (bucket != buckets.end())
        made.sourceNodeId = bucket->primaryNode;
    made.state.status = ReplicationStatus::CatchingUp;
    replication.rules.push_back(made);
    return made;
}

void FakeConsole::answerRules(QTcpSocket *socket)
{
    if (replication.silent) {
        replication.waiting.append(socket);
        return;
    }
    if (replication.listStatus > 0) {
        reply(socket, replication.listStatus, replication.listBody);
        return;
    }
    reply(socket, 200,
          protocol::successText(
              protocol::pageToJson(protocol::Page<ReplicationRule>{.items = replication.rules, .next = {}})));
}

void FakeConsole::answerWaiting()
{
    replication.silent = false;
    for (const QPointer<QTcpSocket> &socket : std::exchange(replication.waiting, {})) {
        if (socket)
            answerRules(socket);
    }
}

bool FakeConsole::answerReplication(QTcpSocket *socket, const Request &request)
{
    static const QByteArray kRoot = "/api/v1/cluster/replication";
    if (!request.path.startsWith(kRoot))
        return false;
    const QByteArray rest = request.path.mid(kRoot.size());
    if (request.method == "GET" && rest.isEmpty()) {
        answerRules(socket);
        return true;
    }
    const QByteArray what = request.method + ' ' + rest;
    const QJsonObject body = protocol::parseObject(request.body).value_or(QJsonObject());
    if (request.method != "GET") {
        replication.asked.append({what, body});
        const Refusal no = replication.refuse ? replication.refuse(what, body) : Refusal{};
        if (no.status > 0) {
            reply(socket, no.status, protocol::errorText(no.code, no.message, "0b5b9b2e-req", no.details));
            return true;
        }
    }
    if (what == "POST ") {
        const ReplicationRule made = newRule(*protocol::fromJson<protocol::ReplicationRuleRequest>(body));
        reply(socket, 201, protocol::successText(protocol::toJson(made)));
        return true;
    }
    if (what == "POST /bulk") {
        const auto wish = *protocol::fromJson<protocol::ReplicationBulkRequest>(body);
        protocol::ReplicationBulkResult result;
        result.skipped = replication.skipped;
        for (const protocol::ClusterBucket &bucket : buckets) {
            if (bucket.primaryNode == wish.sourceNodeId &&
                std::ranges::find(result.skipped, bucket.name, &protocol::SkippedBucket::bucket) ==
                    result.skipped.end())
                result.created.push_back(newRule({bucket.name, wish.destinationNodeId, {}, wish.options}).id);
        }
        reply(socket, 201, protocol::successText(protocol::toJson(result)));
        return true;
    }
    const QByteArray id = rest.mid(1).split('/').value(0);
    const auto found = std::ranges::find(replication.rules, id.toStdString(), &ReplicationRule::id);
    if (found == replication.rules.end())
        refuse(socket, 404, "NoSuchRule", "There is no such rule.");
    else
        answerRule(socket, request.method, rest.mid(1 + id.size()), *found, body);
    return true;
}

void FakeConsole::answerRule(QTcpSocket *socket, const QByteArray &method, const QByteArray &what,
                             ReplicationRule &rule, const QJsonObject &body)
{
    if (what == "/queue") {
        protocol::Page<protocol::ReplicationQueueEntry> page;
        std::ranges::copy_if(
            replication.queue, std::back_inserter(page.items),
            [&rule](const std::string &id) { return id == rule.id; },
            &protocol::ReplicationQueueEntry::replicationRuleId);
        reply(socket, 200, protocol::successText(protocol::pageToJson(page)));
    } else if (what == "/verify") {
        protocol::ReplicationVerification next;
        if (!replication.verifications.empty())
            next = replication.verifications.front();
        if (replication.verifications.size() > 1)
            replication.verifications.erase(replication.verifications.begin());
        reply(socket, method == "POST" ? 202 : 200, protocol::successText(protocol::toJson(next)));
    } else if (method == "DELETE") {
        std::erase_if(replication.rules, [id = rule.id](const ReplicationRule &one) { return one.id == id; });
        reply(socket, 200, protocol::successText(QJsonValue()));
    } else if (method == "PUT") {
        const auto change = *protocol::fromJson<protocol::ReplicationRuleChange>(body);
        rule.options.syncIntervalSeconds =
            change.syncIntervalSeconds.value_or(rule.options.syncIntervalSeconds);
        rule.options.prefix = change.prefix.value_or(rule.options.prefix);
        reply(socket, 200, protocol::successText(protocol::toJson(rule)));
    } else {
        rule.options.enabled = what == "/pause" ? false : what == "/resume" || rule.options.enabled;
        if (what == "/pause")
            rule.state.status = ReplicationStatus::Paused;
        if (what == "/resume")
            rule.state.status = ReplicationStatus::CatchingUp;
        reply(socket, 200, protocol::successText(protocol::toJson(rule)));
    }
}

}  // namespace maxiofs::test
