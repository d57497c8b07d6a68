// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/bucket_endpoints.h"

#include "api/console/counted_page.h"
#include "api/console/replication_views.h"
#include "api/console/views.h"

#include <future>

namespace maxiofs::api::console {

namespace {

store::Versioning storeVersioning(records::Versioning versioning)
{
    switch (versioning) {
    case records::Versioning::Unversioned: return store::Versioning::Off;
    case records::Versioning::Enabled: return store::Versioning::Enabled;
    case records::Versioning::Suspended: return store::Versioning::Suspended;
    }
    return store::Versioning::Off;
}

void tellStore(const Context &context, const records::BucketRecord &bucket)
{
    using Role = cluster::Ownership::Role;
    // It may have gone to another node since the request came.
    const Role role = context.ownership.roleOf(bucket.id);
    const bool isReplica = role == Role::Replica || role == Role::HandingOver;
    context.store.setBucket({bucket.id, storeVersioning(bucket.versioning), bucket.quota.bytes.value_or(0),
                             bucket.quota.objects.value_or(0),
                             isReplica ? store::BucketRole::Replica : store::BucketRole::Owner});
}

Result<std::optional<std::uint64_t>> limitOf(const std::optional<std::int64_t> &value,
                                             const std::string &field)
{
    if (!value)
        return std::nullopt;
    if (*value <= 0)
        return failure(Error::InvalidArgument,
                       "Field " + field + " must be greater than 0, or null for no limit.", field);
    return static_cast<std::uint64_t>(*value);
}

Result<records::BucketQuota> quotaOf(const protocol::Quota &quota)
{
    records::BucketQuota wanted;
    TRY_ASSIGN(wanted.bytes, limitOf(quota.bytes, "bytes"));
    TRY_ASSIGN(wanted.objects, limitOf(quota.objects, "objects"));
    return wanted;
}

protocol::Quota viewOf(const records::BucketQuota &quota)
{
    const auto number = [](const std::optional<std::uint64_t> &value) -> std::optional<std::int64_t> {
        return value ? std::optional(static_cast<std::int64_t>(*value)) : std::nullopt;
    };
    return {number(quota.bytes), number(quota.objects)};
}

void takeCounters(protocol::Bucket &to, const protocol::Bucket &from)
{
    to.objectCount = from.objectCount;
    to.totalSize = from.totalSize;
    to.noncurrentCount = from.noncurrentCount;
    to.noncurrentSize = from.noncurrentSize;
    to.uploadCount = from.uploadCount;
    to.uploadSize = from.uploadSize;
    to.conflictCount = from.conflictCount;
    to.conflictSize = from.conflictSize;
}

// What a former owner still has would come to a bucket that is no more.
Status checkHandedOver(const Context &context, const records::BucketRecord &bucket)
{
    std::string names;
    for (const NodeId &node : context.ownership.awaited(bucket.id))
        names += (names.empty() ? "" : ", ") + nameOfNode(context, node);
    if (names.empty())
        return {};
    return failure(Error::PreconditionFailed,
                   "The bucket " + bucket.name + " cannot be deleted yet: its former owner " + names +
                       " has not handed over what it has of it. Start that node, or remove it from the "
                       "cluster.",
                   bucket.name);
}

Status closeInStore(store::ObjectStore &store, const BucketId &id)
{
    std::promise<Result<void>> promise;
    auto closed = promise.get_future();
    store.closeBucket(id, [&promise](Result<void> result) { promise.set_value(std::move(result)); });
    return closed.get();
}

}  // namespace

Result<Answer> listBuckets(Call &call)
{
    TRY_ASSIGN(const std::size_t limit, call.limit());
    records::BucketListing listing;
    listing.prefix = call.parameter("prefix");
    listing.after = call.parameter("after");
    listing.limit = limit;
    listing.visible = [&](const records::BucketRecord &bucket) {
        return call.context.identities.authorizer().isVisible(call.identity, bucket) &&
               (!call.isPassedOn || isOwnedHere(call.context, bucket));
    };
    const records::BucketPage found = call.context.buckets.list(listing);
    protocol::Page<protocol::Bucket> page;
    for (const records::BucketPtr &bucket : found.buckets) {
        TRY_ASSIGN(auto view, viewOf(call.context, *bucket));
        page.items.push_back(std::move(view));
    }
    if (found.more)
        page.next = page.items.back().name;
    fillCounters(page, call, takeCounters);
    return Answer::ok(protocol::pageToJson(page));
}

Result<Answer> createBucket(Call &call)
{
    TRY_ASSIGN(const auto request, protocol::fromJson<protocol::BucketRequest>(call.body));
    call.note.resource = request.name;
    identity::UserPtr owner = call.identity.user;
    if (!request.owner.empty() && request.owner != owner->id) {
        if (!owner->has(identity::Role::Admin))
            return failure(Error::Denied, "Only an admin makes buckets for another user.", "owner");
        owner = call.context.identities.users().find(request.owner);
        if (owner == nullptr)
            return failure(Error::InvalidArgument, "There is no user " + request.owner + ".", "owner");
    }
    records::NewBucket wanted;
    wanted.name = request.name;
    wanted.ownerId = owner->canonicalId;
    wanted.tenantId = owner->tenantId;
    wanted.versioning = request.versioning;
    TRY_ASSIGN(wanted.quota, quotaOf(request.quota));
    if (wanted.quota != records::BucketQuota() && !call.user().has(identity::Role::Admin) &&
        !call.user().has(identity::Role::TenantAdmin))
        return failure(Error::Denied, "A quota is set by an administrator.", "quota");
    TRY_ASSIGN(auto room, call.context.identities.tenantQuotas().admitBucket(wanted.tenantId));
    // The name is one bucket's in the whole cluster; a lone node grants it at once.
    wanted.id = BucketId::random();
    if (!call.context.buckets.find(wanted.name))
        TRY_STATUS(call.context.cluster.reserveBucket(wanted.name, *wanted.id));
    TRY_ASSIGN(const records::BucketPtr bucket, call.context.buckets.create(wanted));
    room.used();
    tellStore(call.context, *bucket);
    TRY_ASSIGN(const protocol::Bucket made, viewOf(call.context, *bucket));
    const QJsonObject view = protocol::toJson(made);
    call.note.after = view;
    return Answer::created(view);
}

Result<Answer> getBucket(Call &call)
{
    TRY_ASSIGN(const records::BucketPtr bucket, call.context.buckets.find(call.parameters[0]));
    TRY_ASSIGN(const protocol::Bucket view, viewOf(call.context, *bucket));
    return Answer::ok(protocol::toJson(view));
}

Result<Answer> deleteBucket(Call &call)
{
    TRY_ASSIGN(const records::BucketPtr bucket, call.context.buckets.find(call.parameters[0]));
    call.note.resource = bucket->name;
    TRY_ASSIGN(const protocol::Bucket view, viewOf(call.context, *bucket));
    call.note.before = protocol::toJson(view);
    TRY_STATUS(checkHandedOver(call.context, *bucket));
    // The order that a start can finish: closed for good, then grants and record, then what is left inside.
    TRY_STATUS(closeInStore(call.context.store, bucket->id));
    TRY_STATUS(call.context.identities.grants().takeAllOfBucket(bucket->id));
    TRY_STATUS(call.context.buckets.remove(bucket->name, bucket->id));
    call.context.store.forgetBucket(bucket->id);
    return Answer::done("The bucket " + bucket->name + " was deleted.");
}

Result<Answer> getVersioning(Call &call)
{
    TRY_ASSIGN(const records::BucketPtr bucket, call.context.buckets.find(call.parameters[0]));
    return Answer::ok(protocol::toJson(protocol::VersioningState{bucket->versioning}));
}

Result<Answer> setVersioning(Call &call)
{
    TRY_ASSIGN(const auto request, protocol::fromJson<protocol::VersioningState>(call.body));
    TRY_ASSIGN(const records::BucketPtr before, call.context.buckets.find(call.parameters[0]));
    call.note.resource = before->name;
    call.note.before = protocol::toJson(protocol::VersioningState{before->versioning});
    TRY_ASSIGN(const records::BucketPtr bucket,
               call.context.buckets.setVersioning(before->name, request.versioning));
    tellStore(call.context, *bucket);
    const QJsonObject view = protocol::toJson(protocol::VersioningState{bucket->versioning});
    call.note.after = view;
    return Answer::ok(view);
}

Result<Answer> getQuota(Call &call)
{
    TRY_ASSIGN(const records::BucketPtr bucket, call.context.buckets.find(call.parameters[0]));
    return Answer::ok(protocol::toJson(viewOf(bucket->quota)));
}

Result<Answer> setQuota(Call &call)
{
    TRY_ASSIGN(const auto request, protocol::fromJson<protocol::Quota>(call.body));
    TRY_ASSIGN(const records::BucketQuota quota, quotaOf(request));
    TRY_ASSIGN(const records::BucketPtr before, call.context.buckets.find(call.parameters[0]));
    call.note.resource = before->name;
    call.note.before = protocol::toJson(viewOf(before->quota));
    TRY_ASSIGN(const records::BucketPtr bucket, call.context.buckets.setQuota(before->name, quota));
    tellStore(call.context, *bucket);
    const QJsonObject view = protocol::toJson(viewOf(bucket->quota));
    call.note.after = view;
    return Answer::ok(view);
}

Result<Answer> listGrants(Call &call)
{
    TRY_ASSIGN(const std::size_t limit, call.limit());
    TRY_ASSIGN(const records::BucketPtr bucket, call.context.buckets.find(call.parameters[0]));
    const std::string after = call.parameter("after");
    std::vector<protocol::Grant> grants;
    for (const identity::Grant &grant : call.context.identities.grants().ofBucket(bucket->id)) {
        if (grant.id > after)
            grants.push_back(viewOf(grant));
    }
    std::ranges::sort(grants, {}, &protocol::Grant::id);
    return Answer::ok(protocol::pageToJson(pageOf(std::move(grants), limit, &protocol::Grant::id)));
}

Result<Answer> giveGrant(Call &call)
{
    TRY_ASSIGN(const auto request, protocol::fromJson<protocol::GrantRequest>(call.body));
    TRY_ASSIGN(const records::BucketPtr bucket, call.context.buckets.find(call.parameters[0]));
    call.note.resource = bucket->name;
    identity::Grant grant;
    grant.userId = request.userId;
    grant.tenantId = request.tenantId;
    grant.bucket = bucket->name;
    grant.bucketId = bucket->id;
    grant.access = request.access;
    if (!grant.userId.empty() && call.context.identities.users().find(grant.userId) == nullptr)
        return failure(Error::InvalidArgument, "There is no user " + grant.userId + ".", "user_id");
    if (!grant.tenantId.empty() && call.context.identities.tenants().find(grant.tenantId) == nullptr)
        return failure(Error::InvalidArgument, "There is no tenant " + grant.tenantId + ".", "tenant_id");
    TRY_ASSIGN(const identity::Grant given, call.context.identities.grants().give(grant));
    const QJsonObject view = protocol::toJson(viewOf(given));
    call.note.after = view;
    return Answer::created(view);
}

Result<Answer> takeGrant(Call &call)
{
    TRY_ASSIGN(const records::BucketPtr bucket, call.context.buckets.find(call.parameters[0]));
    const auto grant = call.context.identities.grants().find(call.parameters[1]);
    if (!grant || grant->bucketId != bucket->id)
        return failure(Error::NotFound, "There is no grant " + call.parameters[1] + " for this bucket.",
                       call.parameters[1]);
    call.note.resource = bucket->name;
    call.note.before = protocol::toJson(viewOf(*grant));
    TRY_STATUS(call.context.identities.grants().take(grant->id));
    return Answer::done("The grant was taken away.");
}

}  // namespace maxiofs::api::console
