// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "records/records.h"

#include <QTemporaryDir>

namespace maxiofs::records::fixture {

class FakeClock final : public Clock {
public:
    [[nodiscard]] std::int64_t unixMs() const override { return nowMs; }

    std::int64_t nowMs = 1'765'621'800'000;
};

inline std::vector<Change> one(Change change)
{
    std::vector<Change> changes;
    changes.push_back(std::move(change));
    return changes;
}

// An auth.db in its own folder that can be opened again, as after a restart.
class AuthDb {
public:
    AuthDb() : m_sealer(kKey) { reopen(); }
    // Over what `prepare` leaves at the path.
    explicit AuthDb(const std::function<void(const std::string &path)> &prepare) : m_sealer(kKey)
    {
        prepare(path());
        reopen();
    }

    void reopen()
    {
        m_records.reset();
        m_records = Records::open(path(), m_sealer, clock).value();
    }
    [[nodiscard]] std::string path() const
    {
        return m_folder.filePath(QStringLiteral("auth.db")).toStdString();
    }
    [[nodiscard]] std::string folder() const { return m_folder.path().toStdString(); }
    [[nodiscard]] Records &records() { return *m_records; }

    FakeClock clock;

private:
    static constexpr std::array<std::byte, 32> kKey{std::byte{7}};

    QTemporaryDir m_folder;
    RecordKeySealer m_sealer;
    std::unique_ptr<Records> m_records;
};

}  // namespace maxiofs::records::fixture
