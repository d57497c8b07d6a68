// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "identity/directory.h"

#include <QTemporaryDir>

#include <set>

namespace maxiofs::identity::fixture {

class FakeClock final : public Clock {
public:
    [[nodiscard]] std::int64_t unixMs() const override { return nowMs; }

    std::int64_t nowMs = 1'765'621'800'000;
};

// A directory over an auth.db in its own folder, with cheap password hashes.
class TestDirectory {
public:
    TestDirectory() : m_sealer(kKey) { reopen(); }

    void reopen()
    {
        m_directory.reset();
        m_records.reset();
        m_records = records::Records::open(folder() + "/auth.db", m_sealer, clock).value();
        m_directory = Directory::load(*m_records, {.logN = 4, .r = 1, .p = 1}).value();
    }
    [[nodiscard]] std::string folder() const { return m_folder.path().toStdString(); }
    [[nodiscard]] records::Records &records() { return *m_records; }
    Directory *operator->() { return m_directory.get(); }
    Directory &operator*() { return *m_directory; }

    // Its id is its name.
    TenantPtr addTenant(const std::string &id)
    {
        if (const TenantPtr existing = m_directory->tenants().find(id))
            return existing;
        NewTenant tenant;
        tenant.id = id;
        tenant.name = id;
        return m_directory->tenants().create(tenant).value();
    }
    UserPtr addUser(const std::string &name, Role role = Role::User, const std::string &tenant = {})
    {
        NewUser user;
        user.username = name;
        user.password = passwordOf(name);
        user.roles = {role};
        user.tenantId = tenant;
        if (!tenant.empty())
            addTenant(tenant);
        return m_directory->users().create(user).value();
    }
    [[nodiscard]] static std::string passwordOf(const std::string &name) { return name + "-password"; }
    Tokens login(const std::string &name)
    {
        return m_directory->sessions().login(name, passwordOf(name), "192.0.2.1").value();
    }

    FakeClock clock;

private:
    static constexpr std::array<std::byte, 32> kKey{std::byte{7}};

    QTemporaryDir m_folder;
    records::RecordKeySealer m_sealer;
    std::unique_ptr<records::Records> m_records;
    std::unique_ptr<Directory> m_directory;
};

}  // namespace maxiofs::identity::fixture
