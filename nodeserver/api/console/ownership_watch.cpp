// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/ownership_watch.h"

#include "api/console/replication_views.h"
#include "api/console/views.h"
#include "base/log_line.h"

using namespace Qt::StringLiterals;

namespace maxiofs::api::console {

namespace {

using OwnerEvent = cluster::Ownership::Event;

struct Told {
    std::string_view change;
    std::string sentence;
    bool isAlert = false;
};

Told toldOf(OwnerEvent::Kind kind, const std::string &bucket, const std::string &node)
{
    using Kind = OwnerEvent::Kind;
    switch (kind) {
    case Kind::TookOver:
        return {"taken_over",
                "This node took the bucket " + bucket + " over: its owner " + node +
                    " does not answer. What only that node has comes when it returns.",
                true};
    case Kind::SwitchedHere:
        return {"switched", "The node " + node + " gave the bucket " + bucket + " to this node.", false};
    case Kind::GaveAway:
        return {"given_away", "This node gave the bucket " + bucket + " to the node " + node + ".", false};
    case Kind::LostTo:
        return {"handing_over",
                "The node " + node + " took the bucket " + bucket +
                    " over while it did not hear of this node: what is new here is handed over.",
                true};
    case Kind::HandedOver:
        return {"handed_over",
                "This node has handed over what it had of the bucket " + bucket + " to the node " + node +
                    ".",
                false};
    case Kind::GotAll:
        return {"complete", "The node " + node + " has handed over what it had of the bucket " + bucket + ".",
                false};
    }
    return {};
}

QString shown(const std::string &bytes)
{
    return QString::fromStdString(bytes);
}

}  // namespace

OwnershipWatch::OwnershipWatch(const Context &context)
    : m_context(context),
      m_listening(context.ownership.whenChanged([this](const OwnerEvent &event) { tell(event); }))
{
}

void OwnershipWatch::tell(const OwnerEvent &event) const
{
    const auto record = m_context.buckets.findById(event.bucket);
    const std::string bucket = record ? (*record)->name : event.bucket.hex();
    const Told told = toldOf(event.kind, bucket, nameOfNode(m_context, event.node));
    QJsonObject payload{{"id"_L1, shown(event.bucket.hex())},
                        {"name"_L1, shown(bucket)},
                        {"change"_L1, QString::fromUtf8(QByteArrayView(told.change))},
                        {"node_id"_L1, shown(event.node.uuid())},
                        {"node"_L1, shown(nameOfNode(m_context, event.node))},
                        {"epoch"_L1, static_cast<qint64>(event.epoch.number)}};
    m_context.events.publish("bucket", payload, bucket);
    if (!told.isAlert) {
        base::infoLine(told.sentence);
        return;
    }
    payload.insert("message"_L1, shown(told.sentence));
    payload.insert("severity"_L1, u"warning"_s);
    m_context.events.publish("alert", payload, bucket);
    base::warningLine(told.sentence);
}

void OwnershipWatch::look()
{
    if (m_looks++ % kCountEvery == 0)
        count();
}

void OwnershipWatch::count()
{
    std::map<BucketId, std::uint64_t> now;
    for (const records::BucketPtr &bucket : m_context.buckets.all()) {
        if (!isOwnedHere(m_context, *bucket))
            continue;
        const auto counters = m_context.store.counters(bucket->id);
        if (!counters || counters->conflicts == 0)
            continue;
        now.emplace(bucket->id, counters->conflicts);
        const auto before = m_conflicts.find(bucket->id);
        if (before != m_conflicts.end() && before->second >= counters->conflicts)
            continue;
        const std::string sentence =
            "The bucket " + bucket->name + " has " + std::to_string(counters->conflicts) +
            (counters->conflicts == 1 ? " conflict" : " conflicts") +
            ": objects that were changed on two nodes which did not see each other. Restore or discard what "
            "lost.";
        m_context.events.publish("alert",
                                 {{"severity"_L1, u"warning"_s},
                                  {"bucket"_L1, shown(bucket->name)},
                                  {"change"_L1, u"conflicts"_s},
                                  {"conflicts"_L1, static_cast<qint64>(counters->conflicts)},
                                  {"message"_L1, shown(sentence)}},
                                 bucket->name);
        base::warningLine(sentence);
    }
    m_conflicts = std::move(now);
}

}  // namespace maxiofs::api::console
