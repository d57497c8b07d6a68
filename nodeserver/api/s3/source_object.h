// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/byte_range.h"
#include "net/awaitable.h"
#include "store/put_session.h"

namespace maxiofs::api::s3 {

// The version that a copy reads, wherever it is. Used on one I/O thread.
class SourceObject {
public:
    virtual ~SourceObject() = default;

    [[nodiscard]] virtual const store::ObjectInfo &info() const = 0;
    virtual net::Awaitable<Result<store::Attributes>> attributes() = 0;
    /// Writes the bytes of `extent` into `session`, on the pool where that may block; once. Closed or Corrupt
    /// when they did not all arrive as they were sent: the session must not be committed then.
    virtual net::Awaitable<Status> copyTo(store::PutSession &session, Extent extent) = 0;
};

}  // namespace maxiofs::api::s3
