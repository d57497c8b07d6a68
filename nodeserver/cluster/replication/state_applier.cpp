// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/replication/state_applier.h"

#include "net/completion.h"

#include <atomic>

namespace maxiofs::cluster::replication {

// States that are in the committer's hands. Each writes its own answer; the last one tells.
struct StateApplier::Round {
    BucketId source;
    BucketId into;
    std::vector<rules::EntryAnswer> answers;
    std::atomic<std::size_t> left{0};
    std::move_only_function<void(Result<bool>)> done;

    void finishOne()
    {
        if (left.fetch_sub(1) == 1)
            done(true);
    }
    store::VersionExchange::Done<store::Imported> answerTo(const std::shared_ptr<Round> &self,
                                                           std::size_t index, std::uint64_t bytes)
    {
        return [self, index, bytes](Result<store::Imported> imported) {
            self->answers[index] = answerOf(imported, bytes);
            self->finishOne();
        };
    }
};

void StateApplier::start(const std::shared_ptr<Round> &round, std::size_t index, EntryState state)
{
    if (auto *const sent = std::get_if<SentVersion>(&state)) {
        const std::uint64_t bytes = sent->data.size();
        const auto take =
            sent->isRepair ? &store::VersionExchange::repairVersion : &store::VersionExchange::importVersion;
        (m_store.*take)(round->into, round->source, std::move(sent->header), std::move(sent->data),
                        round->answerTo(round, index, bytes));
    } else if (auto *const header = std::get_if<SentHeader>(&state)) {
        m_store.importHeader(round->into, round->source, std::move(header->header),
                             round->answerTo(round, index, 0));
    } else if (auto *const removal = std::get_if<store::VersionRemoval>(&state)) {
        m_store.importRemoval(round->into, round->source, std::move(*removal),
                              round->answerTo(round, index, 0));
    } else {
        round->finishOne();
    }
}

net::Awaitable<std::vector<rules::EntryAnswer>>
StateApplier::apply(NodeId from, BucketId source, BucketId into, std::vector<EntryState> states)
{
    if (states.empty())
        co_return std::vector<rules::EntryAnswer>();
    std::vector<std::pair<std::size_t, OfferedVersion>> offered;
    for (std::size_t i = 0; i < states.size(); ++i) {
        if (auto *const offer = std::get_if<OfferedVersion>(&states[i]))
            offered.emplace_back(i, std::move(*offer));
    }
    const auto round = std::make_shared<Round>();
    round->source = source;
    round->into = into;
    round->answers.resize(states.size());
    round->left = states.size();
    auto begin = [this, &round, &states](std::move_only_function<void(Result<bool>)> done) {
        round->done = std::move(done);
        m_pool.submit([this, round, states = std::move(states)]() mutable {
            for (std::size_t i = 0; i < states.size(); ++i)
                start(round, i, std::move(states[i]));
        });
    };
    [[maybe_unused]] const Result<bool> applied = co_await net::completion<bool>(std::move(begin));
    for (auto &[index, offer] : offered) {
        const VersionFetcher::Wanted wanted{from, source, into, offer.isRepair};
        round->answers[index] = co_await m_fetcher.fetch(wanted, std::move(offer.header));
    }
    co_return std::move(round->answers);
}

}  // namespace maxiofs::cluster::replication
