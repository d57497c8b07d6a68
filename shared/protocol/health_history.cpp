// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/health_history.h"

#include "protocol/field_codec.h"

using namespace Qt::StringLiterals;

namespace maxiofs::protocol {

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, HealthSample>
void listFields(V &visit, S &s)
{
    visit.required("time"_L1, s.time);
    visit.field("median_ms"_L1, s.medianMs, kMilliseconds);
    visit.field("lowest_ms"_L1, s.lowestMs, kMilliseconds);
    visit.field("highest_ms"_L1, s.highestMs, kMilliseconds);
    visit.field("requests_per_second"_L1, s.requestsPerSecond, kPerSecond);
    visit.field("bytes_in_per_second"_L1, s.bytesInPerSecond, kBytesPerSecond);
    visit.field("bytes_out_per_second"_L1, s.bytesOutPerSecond, kBytesPerSecond);
    visit.field("disk_read_bytes_per_second"_L1, s.diskReadBytesPerSecond, kBytesPerSecond);
    visit.field("disk_write_bytes_per_second"_L1, s.diskWriteBytesPerSecond, kBytesPerSecond);
    visit.field("disk_busy"_L1, s.diskBusy, kShare);
    visit.field("cpu"_L1, s.cpu, kShare);
}
MAXIOFS_PROTOCOL_STRUCT(HealthSample)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, HealthHistory>
void listFields(V &visit, S &s)
{
    visit.required("node_id"_L1, s.nodeId);
    visit.required("resolution_seconds"_L1, s.resolutionSeconds, kSeconds);
    visit.word("latency_of"_L1, s.latencyOf, {"requests", "beats"});
    visit.required("samples"_L1, s.samples);
    visit.unlessEmpty("missing"_L1, s.missing);
}
MAXIOFS_PROTOCOL_STRUCT(HealthHistory)

}  // namespace maxiofs::protocol
