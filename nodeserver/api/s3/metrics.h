// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/operation_id.h"
#include "base/histogram.h"

#include <chrono>

namespace maxiofs::api::s3 {

// What S3 requests cost and how they ended, for each operation and in all. A request that another node of the
// cluster answered counts there as its operation, and here as passed on. Written once a request, read by
// /metrics, /system and the health checker. Any thread.
class Metrics {
public:
    struct Operation {
        base::Counter requests;
        base::Counter clientErrors;  // 4xx
        base::Counter serverErrors;  // 5xx
        base::Counter bytesIn;       // of bodies
        base::Counter bytesOut;
        base::Histogram latency;  // head read to response sent
    };

    void record(OperationId id, unsigned status, std::uint64_t bytesIn, std::uint64_t bytesOut,
                std::chrono::microseconds latency)
    {
        add(m_operations[static_cast<std::size_t>(id)], status, bytesIn, bytesOut, latency);
        add(m_all, status, bytesIn, bytesOut, latency);
    }

    void recordPassedOn(unsigned status, std::uint64_t bytesIn, std::uint64_t bytesOut,
                        std::chrono::microseconds latency)
    {
        add(m_passedOn, status, bytesIn, bytesOut, latency);
        add(m_all, status, bytesIn, bytesOut, latency);
    }

    [[nodiscard]] const Operation &operation(OperationId id) const
    {
        return m_operations[static_cast<std::size_t>(id)];
    }
    [[nodiscard]] const Operation &passedOn() const { return m_passedOn; }
    [[nodiscard]] const Operation &all() const { return m_all; }

private:
    static void add(Operation &operation, unsigned status, std::uint64_t bytesIn, std::uint64_t bytesOut,
                    std::chrono::microseconds latency)
    {
        operation.requests.add();
        if (status >= 500)
            operation.serverErrors.add();
        else if (status >= 400)
            operation.clientErrors.add();
        operation.bytesIn.add(bytesIn);
        operation.bytesOut.add(bytesOut);
        operation.latency.record(static_cast<std::uint64_t>(latency.count()));
    }

    std::array<Operation, kOperationNames.size()> m_operations;
    Operation m_passedOn;
    Operation m_all;
};

}  // namespace maxiofs::api::s3
