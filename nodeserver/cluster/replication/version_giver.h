// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/link/internal_handlers.h"
#include "cluster/replication/batch.h"
#include "net/blocking_pool.h"

namespace maxiofs::cluster::replication {

// The other end of VersionFetcher and Healer: answers `version-read` with the bytes of a version from an
// offset on, `version-header` with its header. Any I/O thread.
class VersionGiver {
public:
    static constexpr std::size_t kPiece = std::size_t{1} << 20;
    static constexpr std::string_view kHeaderRoute = "version-header";

    struct Question {
        BucketId bucket;
        rules::VersionName name;
        std::uint64_t offset = 0;
    };
    [[nodiscard]] static QJsonObject question(const Question &question);
    [[nodiscard]] static Result<Question> questionOf(const QJsonObject &json);

    /// Of `version-header`, whose answer is VersionHeader::encoded().
    [[nodiscard]] static std::string headerQuestion(const Question &question);

    VersionGiver(store::VersionExchange &store, net::BlockingPool &pool) : m_store(store), m_pool(pool) {}

    /// What cannot be read any more cuts the answer off.
    net::Awaitable<Status> answer(link::InternalCall call, http::Exchange &exchange) const;
    net::Awaitable<Result<std::string>> header(link::InternalCall call) const;

private:
    store::VersionExchange &m_store;
    net::BlockingPool &m_pool;
};

}  // namespace maxiofs::cluster::replication
