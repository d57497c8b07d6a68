// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/context.h"
#include "cluster/link/internal_handlers.h"

namespace maxiofs::api::s3 {

// The other end of RemoteSource: answers `object-read` with a version of a bucket that this node owns. Who
// may read it was decided by the node that asks, from the same records.
class ObjectExport {
public:
    explicit ObjectExport(const Context &context) : m_context(context) {}

    /// For cluster::link::InternalHandlers. PreconditionFailed with the Location record as subject when this
    /// node does not own the bucket; the store's errors.
    net::Awaitable<Status> answer(cluster::link::InternalCall call, http::Exchange &exchange) const;

private:
    const Context &m_context;
};

}  // namespace maxiofs::api::s3
