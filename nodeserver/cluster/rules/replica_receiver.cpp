// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/replica_receiver.h"

#include <memory>
#include <utility>

namespace maxiofs::cluster::rules {

ReplicaReceiver::ReplicaReceiver(ReceiverWorld &world) : m_world(world) {}

// The sender's record may be ahead of what has reached this node with the records; one that was ahead is
// remembered, since an older owner may be right behind it.
ReplicaReceiver::Judged ReplicaReceiver::judge(const BatchHeader &header)
{
    records::Location known = m_world.location(header.bucket);
    if (const auto seen = m_seen.find(header.bucket); seen != m_seen.end()) {
        if (seen->second.epoch > known.epoch)
            known = seen->second;
        else
            m_seen.erase(seen);
    }
    if (known.epoch > header.location.epoch)
        return {Verdict::Superseded, known, {}};
    if (header.location.epoch > known.epoch) {
        if (m_seen.size() >= kMostBuckets)
            m_seen.erase(m_seen.begin());
        m_seen.insert_or_assign(header.bucket, header.location);
        m_world.learn(header.bucket, header.location);
    }
    if (std::string reason = m_world.whyNotReady(header); !reason.empty())
        return {Verdict::NotReady, {}, std::move(reason)};
    return {};
}

void ReplicaReceiver::onBatch(const BatchHeader &header, ReceiverWorld::Apply apply,
                              std::move_only_function<void(Result<BatchAnswer>)> done)
{
    if (const Judged judged = judge(header); judged.verdict != Verdict::Taken) {
        done(BatchAnswer{judged.verdict, judged.location, judged.reason, {}});
        return;
    }
    apply([this, header, alive = std::weak_ptr(m_alive),
           done = std::move(done)](Result<std::vector<EntryAnswer>> applied) mutable {
        if (alive.expired())
            return;
        if (!applied) {
            done(failure(std::move(applied.error())));
            return;
        }
        if (const Judged judged = judge(header); judged.verdict != Verdict::Taken) {
            done(BatchAnswer{judged.verdict, judged.location, judged.reason, {}});
            return;
        }
        m_world.note(header);
        done(BatchAnswer{Verdict::Taken, {}, {}, std::move(*applied)});
    });
}

TheirManifest ReplicaReceiver::onManifest(const BatchHeader &header)
{
    Judged judged = judge(header);
    return {judged.verdict, judged.location, std::move(judged.reason), {}};
}

}  // namespace maxiofs::cluster::rules
