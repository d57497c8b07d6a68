// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/ownership/handover_taker.h"

#include "cluster/machine_thread.h"
#include "cluster/ownership/takeover_codec.h"
#include "cluster/replication/version_fetcher.h"
#include "cluster/replication/version_giver.h"
#include "net/completion.h"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <atomic>

// What is passed by reference lives in the coroutine that awaits at once.
// NOLINTBEGIN(cppcoreguidelines-avoid-reference-coroutine-parameters)

namespace maxiofs::cluster::ownership {

using replication::VersionFetcher;
using replication::VersionGiver;

namespace {

const HandedContent &contentOf(const rules::HandedEntry &entry)
{
    return *static_cast<const HandedContent *>(entry.content.get());
}

}  // namespace

void HandoverTaker::take(rules::HandOver handed, std::uint64_t since, Done done)
{
    boost::asio::co_spawn(
        m_threads.at(0).executor(), takeAll(std::move(handed), since),
        [done = orStopping<rules::HandOverAnswer>(std::move(done))](
            const std::exception_ptr &thrown, Result<rules::HandOverAnswer> answer) mutable {
            if (thrown)
                std::rethrow_exception(thrown);
            done(std::move(answer));
        });
}

// Entries that came with all that they need share the committer's syncs.
struct HandoverTaker::Round {
    std::vector<std::optional<Result<store::Handed>>> outcomes;
    std::atomic<std::size_t> left{1};
    std::move_only_function<void(Result<bool>)> done;

    void finishOne()
    {
        if (left.fetch_sub(1) == 1)
            done(true);
    }
};

void HandoverTaker::start(const std::shared_ptr<Round> &round, std::size_t index, const BucketId &bucket,
                          const replication::EntryState &state, const store::HandoverTerms &terms)
{
    auto done = [round, index](Result<store::Handed> taken) {
        round->outcomes[index] = std::move(taken);
        round->finishOne();
    };
    if (const auto *const sent = std::get_if<replication::SentVersion>(&state))
        m_store.takeVersion(bucket, sent->header, sent->data, terms, std::move(done));
    else if (const auto *const header = std::get_if<replication::SentHeader>(&state))
        m_store.takeHeader(bucket, header->header, terms, std::move(done));
    else if (const auto *const removal = std::get_if<store::VersionRemoval>(&state))
        m_store.takeRemoval(bucket, *removal, terms, std::move(done));
    else
        round->finishOne();
}

net::Awaitable<Result<rules::HandOverAnswer>> HandoverTaker::takeAll(rules::HandOver handed,
                                                                     std::uint64_t since)
{
    using store::HandedOutcome;
    const auto round = std::make_shared<Round>();
    round->outcomes.resize(handed.entries.size());
    round->left = handed.entries.size() + 1;
    auto begin = [&](std::move_only_function<void(Result<bool>)> done) {
        round->done = std::move(done);
        m_pool.submit([this, round, &handed, since] {
            for (std::size_t i = 0; i < handed.entries.size(); ++i)
                start(round, i, handed.bucket, contentOf(handed.entries[i]).state,
                      {handed.entries[i].isUnsent, since, handed.isForeign});
            round->finishOne();
        });
    };
    CO_TRY_ASSIGN([[maybe_unused]] const bool ended, co_await net::completion<bool>(std::move(begin)));
    rules::HandOverAnswer answer;
    for (std::size_t i = 0; i < handed.entries.size(); ++i) {
        const rules::HandedEntry &entry = handed.entries[i];
        const HandedContent &content = contentOf(entry);
        if (const auto *const offer = std::get_if<replication::OfferedVersion>(&content.state)) {
            const store::HandoverTerms terms{entry.isUnsent, since, handed.isForeign};
            round->outcomes[i] = co_await takeOffered(handed.bucket, content.from, offer->header, terms);
        }
        CO_TRY_ASSIGN(const store::Handed taken, std::move(*round->outcomes[i]));
        if (taken.outcome == HandedOutcome::Taken || taken.outcome == HandedOutcome::TakenOverOurs)
            ++answer.taken;
        if (taken.outcome == HandedOutcome::TakenOverOurs || taken.outcome == HandedOutcome::KeptAsConflict)
            ++answer.conflicts;
    }
    co_return answer;
}

net::Awaitable<Result<store::Handed>> HandoverTaker::takeOffered(BucketId bucket, NodeId from,
                                                                 store::VersionHeader header,
                                                                 store::HandoverTerms terms)
{
    CO_TRY_ASSIGN(const store::ImportNeed need,
                  co_await m_pool.run([&] { return m_store.handedNeed(bucket, header, terms); }));
    if (need == store::ImportNeed::Nothing)
        co_return store::Handed{store::HandedOutcome::Nothing, 0};
    if (need == store::ImportNeed::Header) {
        auto take = [&](std::move_only_function<void(Result<store::Handed>)> done) {
            m_pool.submit([&, done = std::move(done)]() mutable {
                m_store.takeHeader(bucket, header, terms, std::move(done));
            });
        };
        co_return co_await net::completion<store::Handed>(std::move(take));
    }
    const rules::VersionName name{header.key, header.version.stamp};
    const std::uint64_t size = header.size;
    CO_TRY_ASSIGN(const std::unique_ptr<store::HandedSession> session,
                  co_await m_pool.run([&] { return m_store.beginTake(bucket, std::move(header), terms); }));
    CO_TRY_STATUS(co_await transfer(from, bucket, name, size, *session));
    auto commit = [&](std::move_only_function<void(Result<store::Handed>)> done) {
        m_pool.submit([&session, done = std::move(done)]() mutable { session->commit(std::move(done)); });
    };
    co_return co_await net::completion<store::Handed>(std::move(commit));
}

net::Awaitable<Status> HandoverTaker::transfer(NodeId from, BucketId bucket, rules::VersionName name,
                                               std::uint64_t size, store::HandedSession &session)
{
    QJsonObject question = VersionGiver::question({bucket, std::move(name), 0});
    CO_TRY_ASSIGN(const std::unique_ptr<PeerStream> stream,
                  co_await m_calls.open(from, VersionFetcher::kRoute, std::move(question), kHeadLimit));
    Bytes piece(VersionFetcher::kPiece);
    while (session.written() < size) {
        const auto most =
            static_cast<std::size_t>(std::min<std::uint64_t>(size - session.written(), piece.size()));
        std::size_t filled = 0;
        while (filled < most) {
            CO_TRY_ASSIGN(const std::size_t got,
                          co_await stream->read(std::span(piece).subspan(filled, most - filled)));
            if (got == 0)
                co_return failure(Error::Closed, "The version ended before its last byte.");
            filled += got;
        }
        CO_TRY_STATUS(co_await m_pool.run([&] { return session.write(ByteView(piece).first(filled)); }));
    }
    co_return Status();
}

}  // namespace maxiofs::cluster::ownership

// NOLINTEND(cppcoreguidelines-avoid-reference-coroutine-parameters)
