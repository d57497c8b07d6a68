// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/source_object.h"
#include "net/blocking_pool.h"
#include "store/object_reader.h"

namespace maxiofs::api::s3 {

// A copy's source in this node's store.
class LocalSource final : public SourceObject {
public:
    LocalSource(net::BlockingPool &pool, std::shared_ptr<store::ObjectReader> reader)
        : m_pool(pool),
          m_reader(std::move(reader))
    {
    }

    [[nodiscard]] const store::ObjectInfo &info() const override { return m_reader->info(); }
    net::Awaitable<Result<store::Attributes>> attributes() override;
    /// Gives the pool's thread back after every few MiB.
    net::Awaitable<Status> copyTo(store::PutSession &session, Extent extent) override;

private:
    net::BlockingPool &m_pool;
    const std::shared_ptr<store::ObjectReader> m_reader;
};

}  // namespace maxiofs::api::s3
