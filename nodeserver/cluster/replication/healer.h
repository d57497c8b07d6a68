// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/machine_thread.h"
#include "cluster/replication/heal_sources.h"
#include "cluster/replication/version_fetcher.h"
#include "net/io_threads.h"
#include "store/damage_repair.h"

#include <atomic>

namespace maxiofs::cluster::replication {

// Heals what is damaged in this node's store: a version that can still be read is written anew, the bytes of
// another are fetched from a node that has it, checked by its content hash and put in its place. One version
// at a time; what cannot be healed now is tried again with growing pauses, for as long as it is listed.
//
// Rounds are begun and timed on the machines' thread; each runs as a coroutine on an I/O thread.
class Healer {
public:
    static constexpr std::size_t kMostAtOnce = 1000;  // versions of a round
    static constexpr std::int64_t kFirstPauseMs = 2'000;
    static constexpr std::int64_t kLongestPauseMs = 600'000;
    static constexpr std::chrono::milliseconds kHeaderLimit{30'000};

    // What was healed, and who had it.
    struct Healed {
        store::DamagedVersion version;
        NodeId from;
    };
    struct Needs {
        store::DamageRepair &damage;
        store::VersionExchange &store;
        const HealSources &sources;
        VersionFetcher &fetcher;
        PeerCalls &calls;
        MachineThread &thread;
        net::BlockingPool &pool;
        net::IoThreads &threads;
        std::function<bool(const NodeId &)> isSilent;
        std::function<void(const Healed &)> whenHealed;  // may be empty; any thread
    };
    explicit Healer(Needs needs) : m_needs(std::move(needs)) {}

    /// Begins to look, and follows the store's hook.
    void start();
    /// There is something to look at, or somebody new to ask. Any thread.
    void wake();
    /// What runs ends soon. Before the pool and the machines' thread stop.
    void stop();

    /// Versions whose bytes came from another node, since the start.
    [[nodiscard]] std::uint64_t healed() const { return m_healed.load(std::memory_order_relaxed); }

private:
    struct Round {
        std::size_t found = 0;
        std::size_t failed = 0;
        bool more = false;    // behind those that were found
        bool listed = false;  // there is damage still
    };
    enum class Outcome { Done, Failed };

    void begin();
    void ended(const Round &round);
    net::Awaitable<Round> run(std::size_t skip);
    net::Awaitable<Outcome> heal(store::DamagedVersion damaged);
    net::Awaitable<Result<store::Imported>> fromHere(store::DamagedVersion damaged);
    net::Awaitable<Result<store::Imported>> fromThere(store::DamagedVersion damaged, HealSource source,
                                                      std::optional<store::VersionHeader> stored);
    net::Awaitable<Result<store::VersionHeader>> askHeader(HealSource source, store::DamagedVersion damaged);
    [[nodiscard]] Result<std::unique_ptr<store::ImportSession>> rewrite(const store::DamagedVersion &damaged);

    const Needs m_needs;
    std::atomic<bool> m_isStarted{false};
    std::atomic<bool> m_stopping{false};
    std::atomic<std::uint64_t> m_healed{0};
    // Of the machines' thread.
    bool m_isRunning = false;
    bool m_mustRun = false;
    std::size_t m_skip = 0;  // versions that could not be healed, at the list's beginning
    std::int64_t m_pauseMs = kFirstPauseMs;
    rules::TimerId m_timer = 0;
};

}  // namespace maxiofs::cluster::replication
