// SPDX-License-Identifier: GPL-3.0-or-later
#include "fake_console.h"

#include "protocol/envelope.h"

#include <QCryptographicHash>
#include <QJsonArray>

#include <algorithm>

namespace maxiofs::test {

using namespace Qt::StringLiterals;

protocol::ClusterConfig FakeConsole::config() const
{
    protocol::ClusterConfig config;
    const auto local = std::ranges::find_if(nodes, &protocol::Node::isLocal);
    const protocol::Node &self = local == nodes.end() ? nodes.front() : *local;
    config.nodeId = self.id;
    config.nodeName = self.name;
    config.region = self.region;
    config.isClusterEnabled = !clusterToken.empty();
    if (config.isClusterEnabled)
        config.tokenFingerprint =
            QCryptographicHash::hash(QByteArray::fromStdString(clusterToken), QCryptographicHash::Sha256)
                .toHex()
                .left(8)
                .toStdString();
    return config;
}

void FakeConsole::newToken()
{
    ++m_issued;
    clusterToken =
        QCryptographicHash::hash("cluster" + QByteArray::number(m_issued), QCryptographicHash::Sha256)
            .toHex()
            .toStdString();
}

bool FakeConsole::answerMembership(QTcpSocket *socket, const Request &request)
{
    const QByteArray what = request.method + ' ' + request.path.mid(QByteArray("/api/v1/cluster").size());
    const auto body = protocol::parseObject(request.body).value_or(QJsonObject());
    const bool force = request.query == "force=true";
    if (what == "GET /config") {
        reply(socket, 200, protocol::successText(protocol::toJson(config())));
    } else if (what == "POST /initialize") {
        newToken();
        const auto wish = protocol::fromJson<protocol::InitializeRequest>(body);
        nodes.front().name = wish->nodeName;
        nodes.front().region = wish->region;
        endSessions();
        reply(socket, 201,
              protocol::successText(protocol::toJson(
                  protocol::InitializedCluster{nodes.front().id, clusterToken, true, newSession()})));
    } else if (what == "POST /nodes") {
        answerJoin(socket, *protocol::fromJson<protocol::NodeRequest>(body));
    } else if (what == "POST /leave") {
        answerRemoval(socket, config().nodeId, force);
    } else if (what == "POST /token/rotate") {
        newToken();
        reply(socket, 200,
              protocol::successText(
                  protocol::toJson(protocol::RotatedToken{clusterToken, config().tokenFingerprint})));
    } else if (what.startsWith("PUT /nodes/")) {
        const auto change = protocol::fromJson<protocol::NodeChange>(body);
        const auto node = std::ranges::find(nodes, what.mid(11).toStdString(), &protocol::Node::id);
        node->name = change->name.value_or(node->name);
        node->region = change->region.value_or(node->region);
        node->priority = change->priority.value_or(node->priority);
        node->metadata = change->metadata.value_or(node->metadata);
        reply(socket, 200, protocol::successText(protocol::toJson(*node)));
    } else if (what.startsWith("DELETE /nodes/")) {
        answerRemoval(socket, what.mid(14).toStdString(), force);
    } else {
        return false;
    }
    return true;
}

void FakeConsole::answerJoin(QTcpSocket *socket, const protocol::NodeRequest &wish)
{
    joins.push_back(wish);
    const auto refused = [socket](int status, const std::string &code, const std::string &message,
                                  const QJsonObject &details = {}) {
        reply(socket, status, protocol::errorText(code, message, "0b5b9b2e-req", details));
    };
    if (refuseJoin) {
        if (const Refusal no = refuseJoin(wish); no.status > 0)
            return refused(no.status, no.code, no.message, no.details);
    }
    if (!wish.remoteUsername.empty() && wish.remoteFingerprint.empty())
        return refused(409, "UnknownCertificate",
                       "A password goes only to a node whose certificate was compared.",
                       {{u"fingerprint"_s, QString::fromStdString(peerFingerprint)}});
    protocol::Node other = nodes.front();
    other.id = wish.name + "-id";
    other.isLocal = false;
    other.endpoint = wish.endpoint;
    protocol::AddedNode added;
    if (clusterToken.empty()) {
        clusterToken = wish.nodeToken;
        other.name = "member";
        nodes.front().name = wish.name;
        endSessions();
        added.session = newSession();
    } else {
        other.name = wish.name;
        other.region = wish.region;
    }
    other.bucketCount = 0;
    nodes.push_back(other);
    added.node = other;
    reply(socket, 201, protocol::successText(protocol::toJson(added)));
}

void FakeConsole::answerRemoval(QTcpSocket *socket, const std::string &id, bool force)
{
    QJsonArray owned;
    for (const protocol::ClusterBucket &bucket : buckets) {
        if (bucket.primaryNode == id)
            owned.append(QString::fromStdString(bucket.name));
    }
    if (!owned.isEmpty() && !force) {
        reply(socket, 409,
              protocol::errorText("NodeOwnsBuckets", "The node still owns buckets.", "0b5b9b2e-req",
                                  {{u"buckets"_s, owned}}));
        return;
    }
    if (id != config().nodeId) {
        std::erase_if(nodes, [&id](const protocol::Node &node) { return node.id == id; });
        newToken();
        m_tokens.clear();  // what was signed with the old key
        reply(socket, 200, protocol::successText(QJsonValue()));
        return;
    }
    clusterToken.clear();
    std::erase_if(nodes, [](const protocol::Node &node) { return !node.isLocal; });
    endSessions();
    reply(socket, 200, protocol::successText(protocol::toJson(protocol::LeftCluster{newSession()})));
}

}  // namespace maxiofs::test
