// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/replication/state_reader.h"

#include <algorithm>

namespace maxiofs::cluster::replication {

namespace {

using Outcome = rules::EntryAnswer::Outcome;

rules::EntryAnswer gone()
{
    return {Outcome::Gone, {}, 0};
}

rules::EntryAnswer failed(Error error)
{
    return {Outcome::Failed, std::move(error), 0};
}

bool cameThrough(const std::vector<BucketId> &origins, const ReadRules &rules)
{
    return rules.bucket != rules.destination &&
           std::ranges::find(origins, rules.destination) != origins.end();
}

ReadState readRemoval(store::VersionExchange &store, const ReadRules &rules, const rules::BatchEntry &entry)
{
    if (!rules.deletes)
        return gone();
    auto removal = store.exportRemoval(rules.bucket, entry.name.key, {entry.name.version});
    if (!removal)
        return failed(std::move(removal).error());
    if (!*removal || cameThrough((*removal)->origins, rules))
        return gone();
    return EntryState(std::move(**removal));
}

Result<Bytes> readWhole(store::ObjectReader &reader, std::uint64_t size)
{
    Bytes data;
    data.reserve(static_cast<std::size_t>(size));
    while (data.size() < size) {
        TRY_ASSIGN(const std::size_t got,
                   reader.read(data.size(), static_cast<std::size_t>(size) - data.size(), data));
        if (got == 0)
            return failure(Error::Corrupt, "The version is shorter than its header says.");
    }
    return data;
}

}  // namespace

ReadState readState(store::VersionExchange &store, const ReadRules &rules, const rules::BatchEntry &entry)
{
    if (entry.what == rules::BatchEntry::What::Removal)
        return EntryState(
            store::VersionRemoval{entry.name.key, {entry.name.version}, entry.stamp, entry.stamp, {}});
    auto opened = store.exportVersion(rules.bucket, entry.name.key, {entry.name.version});
    if (!opened && (opened.error().code == Error::NoSuchVersion || opened.error().code == Error::NoSuchKey))
        return readRemoval(store, rules, entry);
    if (!opened)
        return failed(std::move(opened).error());
    store::VersionHeader &header = opened->header;
    if ((header.isDeleteMarker && !rules.deletes) || cameThrough(header.origins(), rules))
        return gone();
    if (!rules.metadata)
        header.removeMetadata();
    const bool isRepair = entry.what == rules::BatchEntry::What::Repair;
    if (header.isDeleteMarker)
        return EntryState(SentVersion{std::move(header), {}, isRepair});
    if (header.size > kMaxInlineBytes)
        return EntryState(OfferedVersion{std::move(header), isRepair});
    auto data = readWhole(*opened->reader, header.size);
    if (!data)
        return failed(std::move(data).error());
    return EntryState(SentVersion{std::move(header), std::move(*data), isRepair});
}

}  // namespace maxiofs::cluster::replication
