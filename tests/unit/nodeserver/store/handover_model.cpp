// SPDX-License-Identifier: GPL-3.0-or-later
#include "handover_model.h"

#include "index/conflict_stamp.h"

namespace maxiofs::test {

using store::HandedOutcome;
using store::ManifestEntry;
using Kind = ManifestEntry::Kind;

namespace {

std::string textOf(const ManifestEntry &entry)
{
    return entry.key + " " + entry.version.text() + " kind " + std::to_string(static_cast<int>(entry.kind)) +
           " at " + std::to_string(entry.stamp.time) + " header " + std::to_string(entry.headerStamp.time) +
           " of " + std::to_string(entry.size) + " bytes";
}

ManifestEntry conflictOf(ManifestEntry loser)
{
    loser.version.stamp = loser.stamp = loser.headerStamp = index::conflictStampOf(loser.headerStamp);
    return loser;
}

HandoverModel::Name nameOf(const ManifestEntry &entry)
{
    return {entry.key, entry.version};
}

}  // namespace

HandoverModel::State HandoverModel::stateOf(const std::vector<ManifestEntry> &manifest)
{
    State state;
    for (const ManifestEntry &entry : manifest)
        state.emplace(nameOf(entry), entry);
    return state;
}

ManifestEntry HandoverModel::entryOf(const store::CopyEntry &copied)
{
    ManifestEntry entry;
    entry.key = copied.key();
    entry.version = copied.version();
    if (const auto *removal = std::get_if<store::VersionRemoval>(&copied.what)) {
        entry.kind = Kind::Removed;
        entry.stamp = entry.headerStamp = removal->stamp;
        return entry;
    }
    const auto &header = std::get<store::VersionHeader>(copied.what);
    entry.kind = header.isDeleteMarker ? Kind::Marker : Kind::Object;
    entry.stamp = header.stamp;
    entry.headerStamp = header.headerStamp;
    entry.size = header.size;
    entry.contentHash = header.contentHash;
    return entry;
}

HandoverModel::Taking HandoverModel::taking(const State &before, const State &atTakeover,
                                            const store::CopyEntry &entry, bool isForeign)
{
    Taking taking{HandedOutcome::Nothing, {before}};
    const ManifestEntry theirs = entryOf(entry);
    const auto orderOf = [](const ManifestEntry &one) { return std::pair(one.stamp, one.headerStamp); };
    const auto step = [&](const ManifestEntry &change) {
        State next = taking.states.back();
        next[nameOf(change)] = change;
        taking.states.push_back(std::move(next));
    };
    const auto ours = before.find(nameOf(theirs));
    if (ours != before.end() && orderOf(ours->second) >= orderOf(theirs)) {
        const bool isSame = orderOf(ours->second) == orderOf(theirs);
        const ManifestEntry conflict = conflictOf(theirs);
        const bool isLost = !isSame && entry.isUnsent && theirs.kind == Kind::Object;
        if (isLost && !before.contains(nameOf(conflict))) {
            taking.outcome = HandedOutcome::KeptAsConflict;
            step(conflict);
        }
        return taking;
    }
    taking.outcome = HandedOutcome::Taken;
    if (ours != before.end() && ours->second.kind == Kind::Object) {
        const auto known = atTakeover.find(ours->first);
        const bool isApart = isForeign || known == atTakeover.end() || known->second != ours->second;
        const ManifestEntry conflict = conflictOf(ours->second);
        const auto there = before.find(nameOf(conflict));
        // A removal that is older than what it removes only says that this was taken once.
        const bool wasDecided = there != before.end() && (there->second.kind != Kind::Removed ||
                                                          there->second.stamp >= conflict.stamp);
        if (isApart && !wasDecided) {
            taking.outcome = HandedOutcome::TakenOverOurs;
            step(conflict);
        }
    }
    step(theirs);
    const ManifestEntry conflict = conflictOf(theirs);
    if (entry.isUnsent && theirs.kind == Kind::Object && !taking.states.back().contains(nameOf(conflict))) {
        ManifestEntry taken;
        taken.key = conflict.key;
        taken.version = conflict.version;
        taken.kind = Kind::Removed;
        taken.stamp.time = conflict.stamp.time - 1;
        taken.headerStamp = taken.stamp;
        step(taken);
    }
    return taking;
}

std::string HandoverModel::difference(const State &is, const State &shouldBe)
{
    for (const auto &[name, entry] : is) {
        const auto found = shouldBe.find(name);
        if (found == shouldBe.end())
            return "there is " + textOf(entry);
        // Whose stamp it has is no matter.
        ManifestEntry here = entry;
        if (here.kind == Kind::Removed && found->second.stamp.node.isNull())
            here.stamp.node = here.headerStamp.node = {};
        if (here != found->second)
            return "there is " + textOf(entry) + " instead of " + textOf(found->second);
    }
    for (const auto &[name, entry] : shouldBe) {
        if (!is.contains(name))
            return "there is no " + textOf(entry);
    }
    return {};
}

}  // namespace maxiofs::test
