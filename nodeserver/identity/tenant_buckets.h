// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "records/buckets.h"

#include <set>

namespace maxiofs::identity {

// Which buckets belong to which tenant. Any thread.
class TenantBuckets {
public:
    /// Takes all there are and each change from now on. Once, before the node serves; `buckets` ends first.
    void follow(records::Buckets &buckets);

    [[nodiscard]] std::size_t count(std::string_view tenantId) const;
    [[nodiscard]] std::vector<BucketId> of(std::string_view tenantId) const;

private:
    void set(const BucketId &bucket, const std::string &tenantId) REQUIRES(m_mutex);

    mutable base::Mutex m_mutex;
    std::map<BucketId, std::string> m_tenantOf GUARDED_BY(m_mutex);
    std::map<std::string, std::set<BucketId>, std::less<>> m_byTenant GUARDED_BY(m_mutex);
};

}  // namespace maxiofs::identity
