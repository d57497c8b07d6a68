// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/tenant_room.h"

namespace maxiofs::api::s3 {

using identity::TenantQuotas;

namespace {

// The null version, whose place the next object of a bucket without versions takes.
std::uint64_t replacedBytes(Call &call, Replaces replaces)
{
    if (replaces == Replaces::Nothing || call.bucket->versioning == records::Versioning::Enabled)
        return 0;
    const auto existing = call.context.store.open(call.bucketId(), call.request.key(), store::VersionId());
    return existing ? (*existing)->info().size : 0;
}

}  // namespace

net::Awaitable<S3Result<TenantQuotas::Room>> roomInTenant(Call &call, std::uint64_t bytes, Replaces replaces)
{
    TenantQuotas &quotas = call.context.identities.tenantQuotas();
    const std::string &tenantId = call.bucket->tenantId;
    auto room = quotas.admitBytes(tenantId, bytes, TenantQuotas::Mode::InMemory);
    if (!room && room.error().code == Error::WouldBlock) {
        room = co_await call.context.pool.run([&] {
            return quotas.admitBytes(tenantId, bytes, TenantQuotas::Mode::MayBlock,
                                     [&] { return replacedBytes(call, replaces); });
        });
    }
    co_return toS3(std::move(room), call.subject());
}

Result<identity::TenantUsage> usageOf(store::ObjectStore &store, const BucketId &bucket)
{
    TRY_ASSIGN(const index::BucketCounters held, store.counters(bucket));
    return identity::TenantUsage{held.currentBytes + held.noncurrentBytes + held.uploadBytes,
                                 held.currentObjects + held.noncurrentObjects};
}

}  // namespace maxiofs::api::s3
