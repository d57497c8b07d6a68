// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "identity/name_claims.h"
#include "protocol/tenant.h"
#include "records/records.h"

#include <memory>
#include <shared_mutex>

namespace maxiofs::identity {

using protocol::TenantQuota;
using protocol::TenantStatus;

// A tenant as requests see it: never changed once made, a change makes a new one.
struct Tenant {
    std::string id;  // a UUID
    std::string name;
    std::string chosenName;        // as its people gave it; differs from `name` after a conflict
    std::int64_t nameTakenMs = 0;  // since when it has chosenName
    std::string displayName;
    std::string description;
    TenantStatus status = TenantStatus::Active;
    TenantQuota quota;
    std::int64_t createdMs = 0;
    std::int64_t updatedMs = 0;

    [[nodiscard]] bool isActive() const { return status == TenantStatus::Active; }
};
using TenantPtr = std::shared_ptr<const Tenant>;

struct NewTenant {
    std::string id;  // empty: a UUID
    std::string name;
    std::string displayName;
    std::string description;
    TenantQuota quota;
};

struct TenantEdit {
    std::optional<std::string> name;
    std::optional<std::string> displayName;
    std::optional<std::string> description;
    std::optional<TenantStatus> status;
    std::optional<TenantQuota> quota;  // as a whole
};

// The tenants: in memory for every request, in auth.db as two records each (name and status; quota). Any
// thread; find() is one shared lock and one look-up, changes write to the disk.
class Tenants {
public:
    static constexpr std::size_t kLongestName = 128;
    static constexpr std::size_t kLongestText = 1024;  // display name, description

    [[nodiscard]] static Result<std::unique_ptr<Tenants>> load(records::Records &records);

    /// Null when there is none.
    [[nodiscard]] TenantPtr find(std::string_view id) const;
    [[nodiscard]] TenantPtr findByName(std::string_view name) const;
    /// In order of id, those after `after`.
    [[nodiscard]] std::vector<TenantPtr> list(std::string_view after, std::size_t limit) const;
    [[nodiscard]] std::size_t count() const;

    /// AlreadyExists for a taken name, InvalidArgument for a wrong name or quota.
    [[nodiscard]] Result<TenantPtr> create(const NewTenant &wanted);
    /// NotFound, AlreadyExists, InvalidArgument.
    [[nodiscard]] Result<TenantPtr> edit(std::string_view id, const TenantEdit &edit);
    /// NotFound. That nothing belongs to the tenant any more is the caller's to see
    /// (Directory::removeTenant).
    [[nodiscard]] Status remove(std::string_view id);

    /// Takes over from auth.db what a merge brought; who lost a name by it.
    std::vector<NameLost> takeOver(const std::vector<std::string> &ids);

private:
    explicit Tenants(records::Records &records) : m_records(records), m_names(kLongestName) {}
    void publish(Tenant tenant);
    void forget(const std::string &id);
    void showAgain(const std::vector<std::string> &ids);
    [[nodiscard]] NameClaims::Losers losers() const;
    [[nodiscard]] Status checkName(const std::string &name, std::string_view ownId) const;
    [[nodiscard]] Status write(const Tenant &tenant, bool profile, bool quota);

    records::Records &m_records;
    base::Mutex m_changeMutex;  // one change at a time; taken before m_mutex
    mutable std::shared_mutex m_mutex;
    std::map<std::string, TenantPtr, std::less<>> m_byId;  // under m_mutex
    NameClaims m_names;                                    // under m_mutex
};

}  // namespace maxiofs::identity
