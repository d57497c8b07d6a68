// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/ownership/progress_teller.h"

#include "cluster/ownership/copy_codec.h"

namespace maxiofs::cluster::ownership {

namespace {

constexpr std::uint32_t kMagic = 0x5054584d;  // "MXTP"
constexpr std::string_view kName = "a word on a replica's progress";

}  // namespace

std::string encodeProgress(const Progress &progress)
{
    replication::MessageWriter writer(kMagic);
    writer.id(progress.bucket);
    writePoint(writer, progress.at);
    return writer.text();
}

Result<Progress> decodeProgress(ByteView bytes)
{
    replication::MessageReader reader(bytes);
    TRY_STATUS(reader.begin(kMagic, kName));
    Progress progress;
    progress.bucket = reader.id();
    progress.at = readPoint(reader);
    if (!reader->finished())
        return replication::malformed(kName);
    return progress;
}

void ProgressTeller::tell(const NodeId &destination, const Progress &progress)
{
    const Replica replica{progress.bucket, destination};
    const auto [waiting, isFirst] = m_waiting.try_emplace(replica, progress.at);
    waiting->second = std::max(waiting->second, progress.at);
    if (isFirst)
        send(replica);
}

// What is lost is told with the next word.
void ProgressTeller::send(const Replica &replica)
{
    const rules::FeedPoint at = m_waiting.at(replica);
    m_calls.send(replica.second, kRoute, encodeProgress({replica.first, at}), kLimit,
                 [this, &thread = m_thread, replica, at](const Result<std::string> &) {
                     thread.post([this, replica, at] {
                         m_thread.after(kPauseMs, [this, replica, at] { sent(replica, at); });
                     });
                 });
}

void ProgressTeller::sent(const Replica &replica, const rules::FeedPoint &at)
{
    const auto waiting = m_waiting.find(replica);
    if (waiting == m_waiting.end())
        return;
    if (waiting->second == at)
        m_waiting.erase(waiting);
    else
        send(replica);
}

}  // namespace maxiofs::cluster::ownership
