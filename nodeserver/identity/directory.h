// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "identity/authorizer.h"
#include "identity/sessions.h"
#include "identity/tenant_quotas.h"

namespace maxiofs::identity {

// All about identities over one auth.db, made in order. What other nodes changed is taken over as soon as a
// merge has it on the disk, so memory always equals the disk. Any thread, as its parts say.
class Directory {
public:
    /// `records` must outlive it.
    [[nodiscard]] static Result<std::unique_ptr<Directory>> load(records::Records &records,
                                                                 crypto::ScryptCost cost = {});

    [[nodiscard]] Tenants &tenants() { return *m_tenants; }
    [[nodiscard]] TenantQuotas &tenantQuotas() { return m_tenantQuotas; }
    [[nodiscard]] Users &users() { return *m_users; }
    [[nodiscard]] AccessKeys &keys() { return *m_keys; }
    [[nodiscard]] Grants &grants() { return *m_grants; }
    [[nodiscard]] Sessions &sessions() { return *m_sessions; }
    [[nodiscard]] const Authorizer &authorizer() const { return m_authorizer; }

    /// Removes the user with all sessions, keys and grants, in one transaction.
    [[nodiscard]] Status removeUser(std::string_view id);
    /// As Tenants::edit(); Denied where nobody could administer any more.
    [[nodiscard]] Result<TenantPtr> editTenant(std::string_view id, const TenantEdit &edit);
    /// With the grants to it. NotFound; PreconditionFailed while users or buckets belong to it.
    [[nodiscard]] Status removeTenant(std::string_view id);
    /// Also ends the user's other sessions.
    [[nodiscard]] Status changePassword(std::string_view id, std::string_view password,
                                        std::string_view keepSession = {});

    /// Takes over what a merge has written to auth.db, and removes what belongs to users that were deleted
    /// elsewhere meanwhile. Called for every merge once load() has returned; also where records were written
    /// past the parts of this directory.
    void takeOver(const std::vector<records::RecordKey> &keys);

    /// What of: "user" or "tenant".
    using Renamed = std::function<void(std::string_view of, const NameLost &lost)>;
    /// Called on the merging thread for each that lost its name in a merge. To be set before others' records
    /// come.
    void whenRenamed(Renamed call) { m_renamed = std::move(call); }

private:
    Directory(records::Records &records, std::unique_ptr<PasswordHasher> hasher,
              std::unique_ptr<Tenants> tenants, std::unique_ptr<Users> users,
              std::unique_ptr<AccessKeys> keys, std::unique_ptr<Grants> grants,
              std::unique_ptr<Sessions> sessions);
    [[nodiscard]] Status removeWhatBelongsTo(const std::string &userId);
    [[nodiscard]] bool isDeletedUser(const std::string &userId) const;
    void tellRenamed(std::string_view of, const std::vector<NameLost> &lost) const;

    records::Records &m_records;
    std::unique_ptr<PasswordHasher> m_hasher;
    std::unique_ptr<Tenants> m_tenants;
    TenantQuotas m_tenantQuotas;
    std::unique_ptr<Users> m_users;
    std::unique_ptr<AccessKeys> m_keys;
    std::unique_ptr<Grants> m_grants;
    std::unique_ptr<Sessions> m_sessions;
    Authorizer m_authorizer;
    Renamed m_renamed;
    records::Records::Listening m_listening;  // last: ends before what it calls
};

}  // namespace maxiofs::identity
