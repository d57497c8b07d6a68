// SPDX-License-Identifier: GPL-3.0-or-later
#include "identity/authorizer.h"

#include <algorithm>

namespace maxiofs::identity {

namespace {

bool changes(Action action)
{
    return action == Action::Write || action == Action::BucketAdmin || action == Action::CreateBucket;
}

bool covers(Access access, Action action)
{
    switch (action) {
    case Action::Read:
    case Action::BucketRead: return true;
    case Action::Write: return access >= Access::Write;
    case Action::BucketAdmin: return access >= Access::Admin;
    case Action::ListBuckets:
    case Action::CreateBucket: return false;
    }
    return false;
}

std::string_view accessNeeded(Action action)
{
    switch (action) {
    case Action::Write: return "write";
    case Action::BucketAdmin: return "admin";
    default: return "read";
    }
}

std::unexpected<Error> denied(std::string why)
{
    return failure(Error::Denied, std::move(why));
}

bool namesBucket(const AccessKey &key, std::string_view bucket)
{
    return key.buckets.empty() || std::ranges::find(key.buckets, bucket) != key.buckets.end();
}

Status checkLimits(const AccessKey &limits, Action action, const records::BucketRecord *bucket,
                   std::string_view key)
{
    if (limits.readOnly && changes(action))
        return denied("The access key " + limits.id + " is for reading only.");
    const std::string_view name = bucket != nullptr                ? std::string_view(bucket->name)
                                  : action == Action::CreateBucket ? key
                                                                   : std::string_view();
    if (!name.empty() && !namesBucket(limits, name))
        return denied("The access key " + limits.id + " is not for the bucket " + std::string(name) + ".");
    if (limits.prefix.empty())
        return {};
    if (action == Action::BucketAdmin || action == Action::CreateBucket)
        return denied("The access key " + limits.id + " is for objects under its prefix only.");
    if ((action == Action::Read || action == Action::Write) && !key.starts_with(limits.prefix))
        return denied("The access key " + limits.id + " is for keys that begin with " + limits.prefix + ".");
    return {};
}

}  // namespace

Status Authorizer::authorize(const Identity &identity, Action action, const records::BucketRecord *bucket,
                             std::string_view key) const
{
    if (identity.isAnonymous())
        return denied("The request is not signed, and nothing here is open to everybody.");
    if (identity.key != nullptr)
        TRY_STATUS(checkLimits(*identity.key, action, bucket, key));
    if (userMay(*identity.user, action, bucket))
        return {};
    if (bucket == nullptr)
        return denied("This needs the role user, tenant-admin or admin.");
    return denied("This needs " + std::string(accessNeeded(action)) + " access to the bucket " +
                  bucket->name + ", which the user " + identity.user->username +
                  " has not: its owner or an administrator can grant it.");
}

bool Authorizer::userMay(const User &user, Action action, const records::BucketRecord *bucket) const
{
    if (!user.isActive())
        return false;
    if (user.has(Role::Admin))
        return true;
    if (action == Action::ListBuckets)
        return true;
    if (user.has(Role::ReadOnly) && !changes(action))
        return true;
    if (action == Action::CreateBucket)
        return user.has(Role::User) || user.has(Role::TenantAdmin);
    if (bucket == nullptr)
        return false;
    if (user.has(Role::TenantAdmin) && !user.tenantId.empty() && user.tenantId == bucket->tenantId)
        return true;
    if (!user.has(Role::User) && !user.has(Role::TenantAdmin))
        return false;
    if (user.canonicalId == bucket->ownerId)
        return true;
    const auto access = m_grants.accessOf(user, bucket->id);
    return access && covers(*access, action);
}

bool Authorizer::isVisible(const Identity &identity, const records::BucketRecord &bucket) const
{
    if (identity.isAnonymous())
        return false;
    if (identity.key != nullptr && !namesBucket(*identity.key, bucket.name))
        return false;
    return userMay(*identity.user, Action::BucketRead, &bucket);
}

}  // namespace maxiofs::identity
