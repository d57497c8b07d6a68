// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/world.h"

#include <memory>
#include <span>

namespace maxiofs::cluster::rules {

/// Kinds that travel and are compared together: tenants, users with their access keys, each other kind alone.
/// Members come last, so that who has compared all knows every member that the other knew before.
[[nodiscard]] std::span<const std::vector<records::Kind>> syncGroups();
/// Which of them holds the kind; empty for one that never travels.
[[nodiscard]] std::optional<std::size_t> syncGroupOf(records::Kind kind);

// One comparison of all records with one member: group after group by checksum; where they differ, the slots
// that differ are gone through page by page in order of id, taking what the member has newer and sending what
// it lacks. Holds two pages at a time, however much differs. When it has ended well the member has every
// record that was here when it began, or a newer one. A machine; keeps itself alive until it has ended.
class Comparison : public std::enable_shared_from_this<Comparison> {
public:
    using Done = std::move_only_function<void(bool complete)>;
    using Applied = std::function<void(const std::vector<records::RecordKey> &)>;

    /// `applied` is told what came from the member.
    Comparison(World &world, records::RecordStore &store, Peer peer, Applied applied, Done done);

    void start();
    /// Forgets it: `done` is not called any more.
    void stop() { m_done = nullptr; }

private:
    void nextGroup();
    void nextKind();
    void askDigests();
    void pull();
    void takePage(records::RecordPage page);
    void sendWhatIsNewer();
    void rangeSent(bool ended);
    void end(bool complete);
    template <typename Wanted, typename Call>
    void ask(Request request, Call call);
    [[nodiscard]] records::Kind kind() const;
    [[nodiscard]] bool isNewer(const records::Record &own) const;

    World &m_world;
    records::RecordStore &m_store;
    const Peer m_peer;
    const Applied m_applied;
    Done m_done;
    std::size_t m_group = 0;
    std::size_t m_kindInGroup = 0;
    records::Slots m_slots;                 // that differ
    std::string m_after;                    // ids up to this one are done
    std::string m_ownAfter;                 // and among ours, within the member's page
    std::vector<records::Record> m_theirs;  // the member's page, without secrets
    bool m_more = false;                    // the member has further pages
};

}  // namespace maxiofs::cluster::rules
