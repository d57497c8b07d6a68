// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/bucket_state.h"

namespace maxiofs::api::s3 {

namespace {

store::Versioning versioningOf(records::Versioning versioning)
{
    switch (versioning) {
    case records::Versioning::Unversioned: return store::Versioning::Off;
    case records::Versioning::Enabled: return store::Versioning::Enabled;
    case records::Versioning::Suspended: return store::Versioning::Suspended;
    }
    return store::Versioning::Off;
}

}  // namespace

store::BucketState stateOf(const records::BucketRecord &bucket)
{
    return {bucket.id, versioningOf(bucket.versioning), bucket.quota.bytes.value_or(0),
            bucket.quota.objects.value_or(0)};
}

}  // namespace maxiofs::api::s3
