// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/system.h"

#include "protocol/field_codec.h"

using namespace Qt::StringLiterals;

namespace maxiofs::protocol {

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, Disk>
void listFields(V &visit, S &s)
{
    visit.field("total_bytes"_L1, s.totalBytes, kBytes);
    visit.field("used_bytes"_L1, s.usedBytes, kBytes);
    visit.field("reserve_bytes"_L1, s.reserveBytes, kBytes);
    visit.field("busy"_L1, s.busy, kShare);
    visit.field("queue_length"_L1, s.queueLength);
    visit.field("read_bytes_per_second"_L1, s.readBytesPerSecond, kBytesPerSecond);
    visit.field("write_bytes_per_second"_L1, s.writeBytesPerSecond, kBytesPerSecond);
}
MAXIOFS_PROTOCOL_STRUCT(Disk)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, Cpu>
void listFields(V &visit, S &s)
{
    visit.field("cores"_L1, s.cores);
    visit.field("used"_L1, s.used, kShare);
    visit.field("process"_L1, s.process, kShare);
}
MAXIOFS_PROTOCOL_STRUCT(Cpu)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, Memory>
void listFields(V &visit, S &s)
{
    visit.field("total_bytes"_L1, s.totalBytes, kBytes);
    visit.field("used_bytes"_L1, s.usedBytes, kBytes);
    visit.field("process_bytes"_L1, s.processBytes, kBytes);
}
MAXIOFS_PROTOCOL_STRUCT(Memory)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, Scrub>
void listFields(V &visit, S &s)
{
    visit.field("bytes_per_second"_L1, s.bytesPerSecond, kBytesPerSecond);
    visit.field("running"_L1, s.running);
    visit.field("progress"_L1, s.progress, kShare);
    visit.field("checked_bytes"_L1, s.checkedBytes, kBytes);
    visit.field("damaged_found"_L1, s.damagedFound);
    visit.field("last_completed_at"_L1, s.lastCompletedAt);
}
MAXIOFS_PROTOCOL_STRUCT(Scrub)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, Compaction>
void listFields(V &visit, S &s)
{
    visit.field("running"_L1, s.running);
    visit.field("segments"_L1, s.segments);
    visit.field("live_bytes"_L1, s.liveBytes, kBytes);
    visit.field("dead_bytes"_L1, s.deadBytes, kBytes);
    visit.field("reclaimed_bytes"_L1, s.reclaimedBytes, kBytes);
    visit.field("last_completed_at"_L1, s.lastCompletedAt);
}
MAXIOFS_PROTOCOL_STRUCT(Compaction)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, Worker>
void listFields(V &visit, S &s)
{
    visit.field("name"_L1, s.name);
    visit.word("state"_L1, s.state, {"idle", "running", "stopped"});
    visit.field("detail"_L1, s.detail);
}
MAXIOFS_PROTOCOL_STRUCT(Worker)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, Certificate>
void listFields(V &visit, S &s)
{
    visit.field("fingerprint"_L1, s.fingerprint);
    visit.field("expires_at"_L1, s.expiresAt);
}
MAXIOFS_PROTOCOL_STRUCT(Certificate)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, System>
void listFields(V &visit, S &s)
{
    visit.required("node_id"_L1, s.nodeId);
    visit.field("node_name"_L1, s.nodeName);
    visit.required("version"_L1, s.version);
    visit.word("state"_L1, s.state, {"healthy", "degraded", "read-only"});
    visit.field("reason"_L1, s.reason);
    visit.field("started_at"_L1, s.startedAt);
    visit.field("uptime_seconds"_L1, s.uptimeSeconds, kSeconds);
    visit.word("durability"_L1, s.durability, {"power-loss"});
    visit.field("requests_per_second"_L1, s.requestsPerSecond, kPerSecond);
    visit.field("bytes_in_per_second"_L1, s.bytesInPerSecond, kBytesPerSecond);
    visit.field("bytes_out_per_second"_L1, s.bytesOutPerSecond, kBytesPerSecond);
    visit.field("disk"_L1, s.disk);
    visit.field("cpu"_L1, s.cpu);
    visit.field("memory"_L1, s.memory);
    visit.field("last_key_export"_L1, s.lastKeyExport);
    visit.field("scrub"_L1, s.scrub);
    visit.field("compaction"_L1, s.compaction);
    visit.field("workers"_L1, s.workers);
    visit.field("certificate"_L1, s.certificate);
    visit.field("node_fingerprint"_L1, s.nodeFingerprint);
    visit.field("console_port"_L1, s.consolePort);
}
MAXIOFS_PROTOCOL_LISTED(System)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, LogEntry>
void listFields(V &visit, S &s)
{
    visit.required("id"_L1, s.id);
    visit.field("time"_L1, s.time);
    visit.word("level"_L1, s.level, {"debug", "info", "warning", "error"});
    visit.required("text"_L1, s.text);
}
MAXIOFS_PROTOCOL_LISTED(LogEntry)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, KeyExportRequest>
void listFields(V &visit, S &s)
{
    visit.required("passphrase"_L1, s.passphrase);
}
MAXIOFS_PROTOCOL_STRUCT(KeyExportRequest)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, KeyExport>
void listFields(V &visit, S &s)
{
    visit.field("file_name"_L1, s.fileName);
    visit.required("bundle"_L1, s.bundle);
    visit.field("exported_at"_L1, s.exportedAt);
}
MAXIOFS_PROTOCOL_STRUCT(KeyExport)

}  // namespace maxiofs::protocol
