// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/comparison.h"

#include "cluster/rules/record_sync.h"

#include <algorithm>

namespace maxiofs::cluster::rules {

using records::Kind;
using records::Record;

namespace {

// What decides which of two records is newer; bodies are shared, not copied.
Record withoutSecret(const Record &record)
{
    return {record.kind, record.id, record.body, {}, record.stamp, record.deleted, {}};
}

// A page that would make a pull go on for ever, or smuggle in another kind.
bool isInOrder(const records::RecordPage &page, Kind kind, const std::string &after)
{
    const std::string *last = &after;
    for (const Record &record : page.records) {
        if (record.kind != kind || record.id <= *last)
            return false;
        last = &record.id;
    }
    return !page.more || !page.records.empty();
}

}  // namespace

std::span<const std::vector<Kind>> syncGroups()
{
    static const std::vector<std::vector<Kind>> groups{
        {Kind::Tenant, Kind::TenantQuota},
        {Kind::UserProfile, Kind::UserPassword, Kind::UserPreferences, Kind::AccessKey},
        {Kind::Grant},
        {Kind::Session},
        {Kind::Bucket},
        {Kind::BucketVersioning},
        {Kind::BucketQuota},
        {Kind::BucketFailover},
        {Kind::Location},
        {Kind::Setting},
        {Kind::Node},
        {Kind::ReplicationRule}};
    return groups;
}

std::optional<std::size_t> syncGroupOf(Kind kind)
{
    const auto groups = syncGroups();
    for (std::size_t i = 0; i < groups.size(); ++i)
        if (std::ranges::find(groups[i], kind) != groups[i].end())
            return i;
    return std::nullopt;
}

Comparison::Comparison(World &world, records::RecordStore &store, Peer peer, Applied applied, Done done)
    : m_world(world),
      m_store(store),
      m_peer(std::move(peer)),
      m_applied(std::move(applied)),
      m_done(std::move(done))
{
}

void Comparison::start()
{
    m_group = 0;
    nextGroup();
}

Kind Comparison::kind() const
{
    return syncGroups()[m_group][m_kindInGroup];
}

void Comparison::end(bool complete)
{
    if (auto done = std::exchange(m_done, nullptr))
        done(complete);
}

// Asks and calls with the answer of the kind that fits; anything else ends the comparison.
template <typename Wanted, typename Call>
void Comparison::ask(Request request, Call call)
{
    m_world.ask(m_peer, std::move(request), RecordSync::kPullLimitMs,
                [self = shared_from_this(), call = std::move(call)](Result<Answer> answer) mutable {
                    if (!self->m_done)
                        return;
                    Wanted *wanted = answer ? std::get_if<Wanted>(&*answer) : nullptr;
                    if (wanted == nullptr)
                        self->end(false);
                    else
                        call(*wanted);
                });
}

void Comparison::nextGroup()
{
    if (m_group == syncGroups().size()) {
        end(true);
        return;
    }
    const auto &kinds = syncGroups()[m_group];
    ask<CompareRecordsAnswer>(CompareRecords{kinds, m_store.checksum(kinds)},
                              [this](const CompareRecordsAnswer &answer) {
                                  if (answer.match) {
                                      ++m_group;
                                      nextGroup();
                                  } else {
                                      m_kindInGroup = 0;
                                      askDigests();
                                  }
                              });
}

void Comparison::nextKind()
{
    if (++m_kindInGroup < syncGroups()[m_group].size()) {
        askDigests();
        return;
    }
    ++m_group;
    nextGroup();
}

void Comparison::askDigests()
{
    ask<AskDigestsAnswer>(AskDigests{kind()}, [this](const AskDigestsAnswer &answer) {
        const records::SlotDigests own = m_store.digests(kind());
        m_slots.reset();
        for (std::size_t i = 0; i < records::kSlots; ++i)
            m_slots.set(i, own[i] != answer.digests[i]);
        m_after.clear();
        if (m_slots.none())
            nextKind();
        else
            pull();
    });
}

void Comparison::pull()
{
    ask<PullRecordsAnswer>(PullRecords{kind(), m_slots, m_after}, [this](PullRecordsAnswer &answer) {
        if (isInOrder(answer.page, kind(), m_after))
            takePage(std::move(answer.page));
        else
            end(false);
    });
}

void Comparison::takePage(records::RecordPage page)
{
    m_theirs.clear();
    std::ranges::transform(page.records, std::back_inserter(m_theirs), withoutSecret);
    m_more = page.more;
    m_ownAfter = m_after;
    if (!page.records.empty()) {
        const auto merged = m_store.merge(std::move(page.records));
        if (!merged) {
            end(false);
            return;
        }
        m_applied(merged->applied);
    }
    sendWhatIsNewer();
}

bool Comparison::isNewer(const Record &own) const
{
    const auto theirs = std::ranges::lower_bound(m_theirs, own.id, {}, &Record::id);
    return theirs == m_theirs.end() || theirs->id != own.id || records::supersedes(own, *theirs);
}

// Goes through our records in the range of ids that the member's page covers.
void Comparison::sendWhatIsNewer()
{
    for (;;) {
        auto own = m_store.page(kind(), m_slots, m_ownAfter, RecordSync::kPageBytes);
        if (!own || !isInOrder(*own, kind(), m_ownAfter)) {
            end(false);
            return;
        }
        bool ended = !own->more;
        std::vector<Record> newer;
        for (Record &record : own->records) {
            if (m_more && record.id > m_theirs.back().id) {
                ended = true;
                break;
            }
            m_ownAfter = record.id;
            if (isNewer(record))
                newer.push_back(std::move(record));
        }
        if (!newer.empty()) {
            ask<PushRecordsAnswer>(PushRecords{std::move(newer)},
                                   [this, ended](const PushRecordsAnswer &) { rangeSent(ended); });
            return;
        }
        if (ended) {
            rangeSent(true);
            return;
        }
    }
}

void Comparison::rangeSent(bool ended)
{
    if (!ended) {
        sendWhatIsNewer();
        return;
    }
    if (!m_more) {
        nextKind();
        return;
    }
    m_after = m_theirs.back().id;
    pull();
}

}  // namespace maxiofs::cluster::rules
