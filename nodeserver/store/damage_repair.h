// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/version_exchange.h"

#include <functional>

namespace maxiofs::store {

// A version that stands on what the list of damage names: its header, its bytes or some of its parts.
struct DamagedVersion {
    BucketId bucket;
    std::string key;
    VersionId version;
    std::uint64_t sequence = 0;  // of the record of its header: it is replaced while that is the same
};
struct DamagedVersions {
    std::vector<DamagedVersion> versions;
    bool more = false;    // than were asked for
    bool listed = false;  // there is damage that is not healed
};

// Putting damaged versions of a store right, with their bytes from wherever they are found. Any thread. A
// version that is healed keeps its id, its stamps and its place, and no feed tells of it.
class DamageRepair {
public:
    virtual ~DamageRepair() = default;

    /// Called on any thread when there is damage to look at; must not block. Null takes it away.
    virtual void setDamageHook(std::function<void()> hook) = 0;
    /// At most `limit` damaged versions behind the first `skip`. Goes through the whole index and blocks.
    /// Damage that nothing stands on is listed as healed from then on. Error::Stopping when `cancelled`.
    [[nodiscard]] virtual Result<DamagedVersions> damagedVersions(std::size_t skip, std::size_t limit,
                                                                  const std::function<bool()> &cancelled) = 0;
    /// The header as it is stored. Errors: NotFound where the version changed meanwhile; others where it
    /// cannot be read.
    [[nodiscard]] virtual Result<VersionHeader> damagedHeader(const DamagedVersion &damaged) = 0;
    /// Takes the bytes of the header, which is the stored one or, where that is lost, one of another node; of
    /// a delete marker none. What is committed is Applied, or Older where the version changed meanwhile or is
    /// not what the header says. Errors as VersionExchange::beginImport().
    [[nodiscard]] virtual Result<std::unique_ptr<ImportSession>> beginHealing(const DamagedVersion &damaged,
                                                                              VersionHeader header) = 0;
};

}  // namespace maxiofs::store
