// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/hex.h"
#include "base/log_line.h"
#include "crypto/digest.h"
#include "records/records.h"

#include <QJsonDocument>

// How Records compares with other members: digests, checksums and pages.
namespace maxiofs::records {

namespace {

constexpr std::size_t kMaxChecksums = 64;     // lists of kinds whose checksum is kept
constexpr std::size_t kRecordOverhead = 150;  // of a record on the wire, but for what it holds

std::size_t sizeOf(const Record &record)
{
    std::size_t size = kRecordOverhead + record.id.size() + record.secret.size();
    return size + static_cast<std::size_t>(QJsonDocument(record.body).toJson(QJsonDocument::Compact).size());
}

}  // namespace

Status Records::computeDigests()
{
    std::map<Kind, SlotDigests> all;
    TRY_STATUS(m_database->read([&](db::Connection &connection) -> Status {
        RecordRows rows(connection);
        for (const Kind kind : allKinds()) {
            SlotDigests &digests = all[kind];
            TRY_STATUS(rows.eachVersion(
                kind, [&](const Record &version) { digests[slotOf(version.id)] ^= digestOf(version); }));
        }
        return {};
    }));
    const base::MutexLock lock(m_stateMutex);
    m_digests = std::move(all);
    return {};
}

SlotDigests Records::digests(Kind kind)
{
    const base::MutexLock lock(m_stateMutex);
    return m_digests[kind];
}

std::vector<std::uint64_t> Records::generations(std::span<const Kind> kinds) const
{
    std::vector<std::uint64_t> generations;
    for (const Kind kind : kinds)
        generations.push_back(generation(kind));
    return generations;
}

std::string Records::checksum(std::span<const Kind> kinds)
{
    const std::vector<Kind> list(kinds.begin(), kinds.end());
    // Before the reading: a change in between makes what is kept too old, never too new.
    std::vector<std::uint64_t> current = generations(kinds);
    {
        const base::MutexLock lock(m_stateMutex);
        const auto found = m_checksums.find(list);
        if (found != m_checksums.end() && found->second.generations == current)
            return found->second.checksum;
    }
    auto computed = computeChecksum(kinds);
    if (!computed) {
        base::errorLine("the records cannot be compared").with("error", computed.error().message);
        return {};  // equals nobody's
    }
    const base::MutexLock lock(m_stateMutex);
    if (m_checksums.size() >= kMaxChecksums)
        m_checksums.clear();
    m_checksums.insert_or_assign(list, CachedChecksum{std::move(current), *computed});
    return *computed;
}

Result<std::string> Records::computeChecksum(std::span<const Kind> kinds)
{
    crypto::Sha256 digest;
    TRY_STATUS(m_database->read([&](db::Connection &connection) -> Status {
        RecordRows rows(connection);
        for (const Kind kind : kinds) {
            TRY_STATUS(rows.eachVersion(
                kind, [&](const Record &version) { digest.update(versionLineOf(version)); }));
        }
        return {};
    }));
    return toHex(digest.finish());
}

Result<RecordPage> Records::page(Kind kind, const Slots &slots, const std::string &after,
                                 std::size_t limitBytes)
{
    RecordPage page;
    if (kind == Kind::ClusterSecret)
        return page;
    std::size_t size = 0;
    Status opened;
    TRY_STATUS(m_database->read([&](db::Connection &connection) -> Status {
        return RecordRows(connection)
            .eachAfter(
                kind, after, [&](std::string_view id) { return slots.test(slotOf(id)); },
                [&](StoredRecord row) {
                    if (size >= limitBytes && !page.records.empty()) {
                        page.more = true;
                        return false;
                    }
                    auto record = openRecord(std::move(row), m_sealer);
                    if (!record) {
                        opened = failure(std::move(record.error()));
                        return false;
                    }
                    size += sizeOf(*record);
                    page.records.push_back(*std::move(record));
                    return true;
                });
    }));
    TRY_STATUS(opened);
    return page;
}

}  // namespace maxiofs::records
