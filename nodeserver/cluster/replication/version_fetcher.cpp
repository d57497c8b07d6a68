// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/replication/version_fetcher.h"

#include "cluster/replication/version_giver.h"
#include "net/completion.h"

#include <algorithm>

// What is passed by reference lives in the coroutine that awaits at once.
// NOLINTBEGIN(cppcoreguidelines-avoid-reference-coroutine-parameters)

namespace maxiofs::cluster::replication {

namespace {

using Outcome = rules::EntryAnswer::Outcome;

}  // namespace

rules::EntryAnswer answerOf(const Result<store::Imported> &imported, std::uint64_t bytes)
{
    if (!imported)
        return {Outcome::Failed, imported.error(), bytes};
    const bool isNew = imported->outcome == store::ImportOutcome::Applied;
    return {isNew ? Outcome::Applied : Outcome::Older, {}, bytes};
}

net::Awaitable<rules::EntryAnswer> VersionFetcher::fetch(Wanted wanted, store::VersionHeader header)
{
    std::uint64_t bytes = 0;
    const Result<store::Imported> imported = co_await import(wanted, std::move(header), bytes);
    co_return answerOf(imported, bytes);
}

net::Awaitable<Result<store::Imported>> VersionFetcher::import(Wanted wanted, store::VersionHeader header,
                                                               std::uint64_t &bytes)
{
    CO_TRY_ASSIGN(const store::ImportNeed need,
                  co_await m_pool.run([&] { return m_store.importNeed(wanted.into, header); }));
    if (need == store::ImportNeed::Nothing && !wanted.isRepair)
        co_return store::Imported{store::ImportOutcome::AlreadyThere, 0};
    if (need == store::ImportNeed::Header) {
        co_return co_await net::completion<store::Imported>([&](auto done) {
            m_store.importHeader(wanted.into, wanted.source, std::move(header), std::move(done));
        });
    }
    const rules::VersionName name{header.key, header.version.stamp};
    const std::uint64_t size = header.size;
    Place place{wanted.into, name, header.headerStamp, header.contentHash, wanted.isRepair};
    Session session = take(place);
    if (session == nullptr) {
        CO_TRY_ASSIGN(session, co_await m_pool.run([&] {
            return wanted.isRepair ? m_store.beginRepair(wanted.into, wanted.source, std::move(header))
                                   : m_store.beginImport(wanted.into, wanted.source, std::move(header));
        }));
    }
    const std::uint64_t before = session->written();
    const Status transferred = co_await transfer(wanted, name, size, *session);
    bytes = session->written() - before;
    if (!transferred) {
        keep(std::move(place), std::move(session));
        co_return failure(transferred.error());
    }
    co_return co_await commit(std::move(session));
}

net::Awaitable<Result<store::Imported>> VersionFetcher::fill(Wanted wanted, rules::VersionName name,
                                                             std::uint64_t size, Session session)
{
    CO_TRY_STATUS(co_await transfer(wanted, std::move(name), size, *session));
    co_return co_await commit(std::move(session));
}

net::Awaitable<Result<store::Imported>> VersionFetcher::commit(Session session)
{
    auto begin = [&](std::move_only_function<void(Result<store::Imported>)> done) {
        m_pool.submit([&session, done = std::move(done)]() mutable { session->commit(std::move(done)); });
    };
    co_return co_await net::completion<store::Imported>(std::move(begin));
}

net::Awaitable<Status> VersionFetcher::transfer(Wanted wanted, rules::VersionName name, std::uint64_t size,
                                                store::ImportSession &session)
{
    if (session.written() == size)
        co_return Status();
    QJsonObject question = VersionGiver::question({wanted.source, std::move(name), session.written()});
    CO_TRY_ASSIGN(const std::unique_ptr<PeerStream> stream,
                  co_await m_calls.open(wanted.from, kRoute, std::move(question), kHeadLimit));
    Bytes piece(kPiece);
    while (session.written() < size) {
        std::size_t filled = 0;
        const std::uint64_t left = size - session.written();
        const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(left, piece.size()));
        Status broken;
        while (filled < most) {
            const auto got = co_await stream->read(std::span(piece).subspan(filled, most - filled));
            if (!got || *got == 0) {
                broken = got ? failure(Error::Closed, "The version ended before its last byte.")
                             : failure(got.error());
                break;
            }
            filled += *got;
        }
        CO_TRY_STATUS(co_await m_pool.run([&] { return session.write(ByteView(piece).first(filled)); }));
        CO_TRY_STATUS(std::move(broken));
    }
    co_return Status();
}

VersionFetcher::Session VersionFetcher::take(const Place &place)
{
    const auto now = std::chrono::steady_clock::now();
    const base::MutexLock lock(m_mutex);
    std::erase_if(m_kept, [&](const auto &kept) { return kept.second.until < now; });
    const auto found = m_kept.find(place);
    if (found == m_kept.end())
        return nullptr;
    Session session = std::move(found->second.session);
    m_kept.erase(found);
    return session;
}

void VersionFetcher::keep(Place place, Session session)
{
    const base::MutexLock lock(m_mutex);
    if (m_kept.size() >= kMaxKept)
        m_kept.erase(
            std::ranges::min_element(m_kept, {}, [](const auto &kept) { return kept.second.until; }));
    m_kept.insert_or_assign(std::move(place),
                            Kept{std::move(session), std::chrono::steady_clock::now() + kKeep});
}

}  // namespace maxiofs::cluster::replication

// NOLINTEND(cppcoreguidelines-avoid-reference-coroutine-parameters)
