// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/conflict_endpoints.h"

#include "api/console/conflict_id.h"
#include "api/console/views.h"
#include "protocol/failover.h"

#include <algorithm>
#include <future>

using namespace Qt::StringLiterals;

namespace maxiofs::api::console {

namespace {

constexpr std::size_t kNodePrefixDigits = 8;  // of a node's id, at the end of a conflict version's

std::unexpected<Error> noSuchConflict(const std::string &id)
{
    return failure(Error::NotFound, "There is no conflict " + id + ": it was restored or discarded.", id);
}

void nameNode(const Context &context, protocol::Conflict &view)
{
    const std::string prefix = view.versionId.substr(view.versionId.rfind('-') + 1);
    view.nodeId = prefix;
    for (const records::ClusterNode &node : context.nodes.nodes()) {
        if (node.id.hex().substr(0, kNodePrefixDigits) != prefix)
            continue;
        view.nodeId = node.id.uuid();
        view.nodeName = node.name;
    }
}

std::string contentTypeOf(store::ObjectReader &reader)
{
    const auto attributes = reader.attributes();
    if (!attributes)
        return {};
    for (const auto &[name, value] : (*attributes)->contentHeaders) {
        if (name == "content-type")
            return value;
    }
    return {};
}

protocol::Conflict conflictViewOf(const Context &context, const records::BucketRecord &bucket,
                                  const store::ObjectInfo &lost)
{
    protocol::Conflict view;
    view.id = conflictId(bucket.id, lost.key, lost.version);
    view.bucket = bucket.name;
    view.tenantId = bucket.tenantId;
    view.objectKey = lost.key;
    view.versionId = lost.version.text();
    nameNode(context, view);
    view.changedAt = {lost.lastModifiedMs};
    view.isDeleteMarker = lost.isDeleteMarker;
    view.size = static_cast<std::int64_t>(lost.size);
    view.etag = lost.etag;
    if (const auto reader = context.store.open(bucket.id, lost.key, lost.version))
        view.contentType = contentTypeOf(**reader);
    if (const auto reader = context.store.open(bucket.id, lost.key, std::nullopt)) {
        const store::ObjectInfo &current = (*reader)->info();
        view.currentVersionId = current.version.text();
        view.currentChangedAt = protocol::Time{current.lastModifiedMs};
        view.currentSize = static_cast<std::int64_t>(current.size);
        view.currentEtag = current.etag;
    }
    return view;
}

// One more than `limit`, to tell that there are more.
Result<std::vector<protocol::Conflict>> conflictsHere(const Call &call, const std::optional<BucketId> &bucket,
                                                      std::optional<store::ConflictPlace> after,
                                                      std::size_t limit)
{
    std::vector<protocol::Conflict> views;
    while (true) {
        TRY_ASSIGN(const store::ConflictPage page, call.context.handover.conflicts(bucket, after, limit + 1));
        for (const store::Conflict &conflict : page.conflicts) {
            const auto record = call.context.buckets.findById(conflict.bucket);
            // The others tell of what is theirs.
            if (!record || !isOwnedHere(call.context, **record))
                continue;
            views.push_back(conflictViewOf(call.context, **record, conflict.object));
            if (views.size() > limit)
                return views;
        }
        if (!page.next)
            return views;
        after = page.next;
    }
}

struct Chosen {
    records::BucketPtr bucket;
    store::ConflictPlace place;
};

Result<Chosen> chosenBy(Call &call)
{
    const std::string &id = call.parameters.at(0);
    const auto place = conflictPlaceOf(id);
    const auto bucket = place ? call.context.buckets.findById(place->bucket) : failure(Error::NotFound, {});
    if (!bucket)
        return noSuchConflict(id);
    call.note.resource = (*bucket)->name + "/" + place->key;
    call.note.before = QJsonObject{{"version_id"_L1, QString::fromStdString(place->version.text())}};
    return Chosen{*bucket, *place};
}

}  // namespace

Result<Answer> listConflicts(Call &call)
{
    TRY_ASSIGN(const std::size_t limit, call.limit());
    std::optional<store::ConflictPlace> after;
    if (const std::string text = call.parameter("after"); !text.empty()) {
        after = conflictPlaceOf(text);
        if (!after)
            return failure(Error::InvalidArgument, "The parameter after is no conflict's id.", "after");
    }
    std::optional<BucketId> bucket;
    if (const std::string name = call.parameter("bucket"); !name.empty()) {
        TRY_ASSIGN(const records::BucketPtr found, call.context.buckets.find(name));
        bucket = found->id;
    }
    TRY_ASSIGN(std::vector<protocol::Conflict> views, conflictsHere(call, bucket, after, limit));
    // Who has more has told of `limit`, and the first `limit` of all are not behind these.
    bool more = false;
    for (const MemberAnswer &other : call.others) {
        const auto told = other.page<protocol::Conflict>();
        if (!told)
            continue;
        std::ranges::copy_if(told->items, std::back_inserter(views), [](const protocol::Conflict &view) {
            return conflictPlaceOf(view.id).has_value();
        });
        more = more || !told->next.empty();
    }
    const auto placeOf = [](const protocol::Conflict &view) { return *conflictPlaceOf(view.id); };
    std::ranges::sort(views, isBefore, placeOf);
    const auto doubled = std::ranges::unique(views, {}, &protocol::Conflict::id);
    views.erase(doubled.begin(), doubled.end());
    auto page = pageOf(std::move(views), limit, &protocol::Conflict::id);
    if (more && page.next.empty() && !page.items.empty())
        page.next = page.items.back().id;
    page.missing = call.missing();
    return Answer::ok(protocol::pageToJson(page));
}

Result<Answer> restoreConflict(Call &call)
{
    TRY_ASSIGN(const Chosen chosen, chosenBy(call));
    std::promise<Result<store::Committed>> promise;
    auto restored = promise.get_future();
    call.context.handover.restoreConflict(
        chosen.bucket->id, chosen.place.key, chosen.place.version,
        [&promise](Result<store::Committed> result) { promise.set_value(std::move(result)); });
    TRY_ASSIGN(const store::Committed committed, restored.get());
    const QJsonObject view = protocol::toJson(
        protocol::RestoredConflict{chosen.bucket->name, chosen.place.key, committed.version.text()});
    call.note.after = view;
    return Answer::ok(view);
}

Result<Answer> discardConflict(Call &call)
{
    TRY_ASSIGN(const Chosen chosen, chosenBy(call));
    std::promise<Result<void>> promise;
    auto discarded = promise.get_future();
    call.context.handover.discardConflict(
        chosen.bucket->id, chosen.place.key, chosen.place.version,
        [&promise](Result<void> result) { promise.set_value(std::move(result)); });
    TRY_STATUS(discarded.get());
    return Answer::done("The version " + chosen.place.version.text() + " of " + chosen.place.key +
                        " was discarded.");
}

std::optional<Refusal> conflictRefusal(const Error &error)
{
    switch (error.code) {
    case Error::NoSuchVersion:
    case Error::NoSuchKey:
        return Refusal{
            404, "NoSuchConflict", "There is no such conflict any more: it was restored or discarded.", {}};
    case Error::Quota: return Refusal{409, "QuotaExceeded", error.message, {}};
    case Error::InvalidArgument:
        if (error.subject == "after" || error.subject == "limit")
            return Refusal{
                400, "InvalidArgument", error.message, {{"field"_L1, QString::fromStdString(error.subject)}}};
        return std::nullopt;
    default: return std::nullopt;
    }
}

}  // namespace maxiofs::api::console
