// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/replication/healer.h"

#include "base/log_line.h"
#include "cluster/replication/version_giver.h"
#include "net/completion.h"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>

// What is passed by reference lives in the coroutine that awaits at once.
// NOLINTBEGIN(cppcoreguidelines-avoid-reference-coroutine-parameters)

namespace maxiofs::cluster::replication {

namespace {

bool isOfOneContent(const store::VersionHeader &a, const store::VersionHeader &b)
{
    return a.stamp == b.stamp && a.isDeleteMarker == b.isDeleteMarker && a.size == b.size &&
           a.contentHash == b.contentHash;
}

}  // namespace

void Healer::start()
{
    m_isStarted = true;
    m_needs.damage.setDamageHook([this] { wake(); });
    wake();
}

void Healer::wake()
{
    m_needs.thread.post([this] {
        m_pauseMs = kFirstPauseMs;
        begin();
    });
}

void Healer::stop()
{
    m_stopping = true;
    m_needs.damage.setDamageHook(nullptr);
}

void Healer::begin()
{
    if (m_stopping || !m_isStarted)
        return;
    if (m_isRunning) {
        m_mustRun = true;
        return;
    }
    m_needs.thread.cancel(m_timer);
    m_isRunning = true;
    m_mustRun = false;
    boost::asio::co_spawn(m_needs.threads.at(0).executor(), run(m_skip),
                          [this](const std::exception_ptr &thrown, const Round &round) {
                              if (thrown)
                                  std::rethrow_exception(thrown);
                              m_needs.thread.post([this, round] { ended(round); });
                          });
}

void Healer::ended(const Round &round)
{
    m_isRunning = false;
    if (m_mustRun)
        return begin();
    if (round.found != 0 && round.failed == 0) {
        m_pauseMs = kFirstPauseMs;
        return begin();  // what stands on the damage now?
    }
    m_skip = round.more ? m_skip + round.failed : 0;
    if (!round.listed)
        return;
    m_timer = m_needs.thread.after(m_pauseMs, [this] { begin(); });
    m_pauseMs = std::min(m_pauseMs * 2, kLongestPauseMs);
}

net::Awaitable<Healer::Round> Healer::run(std::size_t skip)
{
    Round round;
    auto find = [this, skip] {
        return m_needs.damage.damagedVersions(skip, kMostAtOnce, [this] { return m_stopping.load(); });
    };
    const auto found = co_await m_needs.pool.run(std::move(find));
    if (!found) {
        if (found.error().code != Error::Stopping)
            base::warningLine("What is damaged could not be looked up").with("reason", found.error().message);
        round.listed = true;
        co_return round;
    }
    round.found = found->versions.size();
    round.more = found->more;
    round.listed = found->listed;
    for (const store::DamagedVersion &damaged : found->versions) {
        if (m_stopping)
            break;
        const Outcome outcome = co_await heal(damaged);
        round.failed += outcome == Outcome::Failed ? 1 : 0;
    }
    co_return round;
}

net::Awaitable<Healer::Outcome> Healer::heal(store::DamagedVersion damaged)
{
    // Its neighbour may be what is damaged.
    auto imported = co_await fromHere(damaged);
    if (imported)
        co_return imported->outcome == store::ImportOutcome::Applied ? Outcome::Done : Outcome::Failed;
    std::string reason = imported.error().message;
    auto stored = co_await m_needs.pool.run([&] { return m_needs.damage.damagedHeader(damaged); });
    if (!stored && stored.error().code == Error::NotFound)
        co_return Outcome::Done;
    std::optional<store::VersionHeader> header;
    if (stored)
        header = std::move(*stored);
    for (const HealSource &source : m_needs.sources.of(damaged.bucket, damaged.key)) {
        if (m_stopping)
            break;
        if (m_needs.isSilent(source.node) || (!header && !source.isWhole))
            continue;
        const auto fetched = co_await fromThere(damaged, source, header);
        if (!fetched) {
            reason = fetched.error().message;
            continue;
        }
        if (fetched->outcome != store::ImportOutcome::Applied)
            co_return Outcome::Failed;  // it changed meanwhile
        m_healed.fetch_add(1, std::memory_order_relaxed);
        base::infoLine("a damaged object was healed")
            .with("bucket", damaged.bucket.hex())
            .with("version", damaged.version.text())
            .with("from", source.node.uuid());
        if (m_needs.whenHealed)
            m_needs.whenHealed({damaged, source.node});
        co_return Outcome::Done;
    }
    base::debugLine("a damaged object could not be healed yet")
        .with("bucket", damaged.bucket.hex())
        .with("version", damaged.version.text())
        .with("reason", reason);
    co_return Outcome::Failed;
}

Result<std::unique_ptr<store::ImportSession>> Healer::rewrite(const store::DamagedVersion &damaged)
{
    TRY_ASSIGN(store::VersionExport opened,
               m_needs.store.exportVersion(damaged.bucket, damaged.key, damaged.version));
    const std::uint64_t size = opened.header.size;
    TRY_ASSIGN(auto session, m_needs.damage.beginHealing(damaged, std::move(opened.header)));
    Bytes piece;
    while (opened.reader != nullptr && session->written() < size) {
        if (m_stopping)
            return failure(Error::Stopping, "The node is stopping.");
        piece.clear();
        TRY_ASSIGN(const std::size_t got,
                   opened.reader->read(session->written(), VersionFetcher::kPiece, piece));
        if (got == 0)
            return failure(Error::Corrupt, "The version is shorter than its header says.");
        TRY_STATUS(session->write(piece));
    }
    return session;
}

net::Awaitable<Result<store::Imported>> Healer::fromHere(store::DamagedVersion damaged)
{
    CO_TRY_ASSIGN(auto session, co_await m_needs.pool.run([&] { return rewrite(damaged); }));
    co_return co_await m_needs.fetcher.commit(std::move(session));
}

net::Awaitable<Result<store::VersionHeader>> Healer::askHeader(HealSource source,
                                                               store::DamagedVersion damaged)
{
    std::string question =
        VersionGiver::headerQuestion({source.bucket, {damaged.key, damaged.version.stamp}, 0});
    auto ask = [&](std::move_only_function<void(Result<std::string>)> answered) {
        m_needs.calls.send(source.node, VersionGiver::kHeaderRoute, std::move(question), kHeaderLimit,
                           std::move(answered));
    };
    CO_TRY_ASSIGN(const std::string bytes, co_await net::completion<std::string>(std::move(ask)));
    co_return store::VersionHeader::decode(asBytes(bytes));
}

net::Awaitable<Result<store::Imported>> Healer::fromThere(store::DamagedVersion damaged, HealSource source,
                                                          std::optional<store::VersionHeader> stored)
{
    CO_TRY_ASSIGN(store::VersionHeader theirs, co_await askHeader(source, damaged));
    if (stored && !isOfOneContent(*stored, theirs))
        co_return failure(Error::NotFound, "The other node has another version in its place.");
    store::VersionHeader header = stored ? std::move(*stored) : std::move(theirs);
    const std::uint64_t size = header.size;
    auto open = [&] { return m_needs.damage.beginHealing(damaged, std::move(header)); };
    CO_TRY_ASSIGN(auto session, co_await m_needs.pool.run(std::move(open)));
    const VersionFetcher::Wanted wanted{source.node, source.bucket, damaged.bucket};
    rules::VersionName name{damaged.key, damaged.version.stamp};
    co_return co_await m_needs.fetcher.fill(wanted, std::move(name), size, std::move(session));
}

}  // namespace maxiofs::cluster::replication

// NOLINTEND(cppcoreguidelines-avoid-reference-coroutine-parameters)
