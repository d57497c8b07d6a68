// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "base/mutex.h"
#include "os/file_system.h"
#include "protocol/event.h"

#include <functional>

namespace maxiofs::identity {

// Who changed what: one JSON line for each change through the console or the internal API, in
// <directory>/audit.log, rotated by size to audit.1.log and so on, the oldest of which go. A line is on the
// disk when record() returns. Any thread that may block.
class AuditLog {
public:
    struct Options {
        std::string directory;
        std::uint64_t fileBytes = 16 * 1024 * 1024;
        unsigned files = 8;
        std::function<std::string()> nodeId;  // asked for each entry: a node that joins may take another
    };
    static constexpr std::size_t kMaxNameBytes = 1024;       // of user and resource; longer ones are cut
    static constexpr std::size_t kMaxLineBytes = 64 * 1024;  // larger: without before and after

    [[nodiscard]] static Result<std::unique_ptr<AuditLog>> open(os::FileSystem &fileSystem,
                                                                const Clock &clock, Options options);

    /// Gives the entry its id, time and node.
    [[nodiscard]] Status record(protocol::AuditEntry entry);

    struct Query {
        std::string after;  // an entry's id: only older ones
        std::size_t limit = 100;
        std::string userId;    // empty: all
        std::string action;    // a prefix: "user."
        std::string resource;  // exact
        std::optional<std::int64_t> sinceMs;
        std::optional<std::int64_t> untilMs;
    };
    /// Newest first. InvalidArgument for an `after` that is no id.
    [[nodiscard]] Result<protocol::Page<protocol::AuditEntry>> read(const Query &query) const;

    /// Called after each entry, on the recording thread. Only before the node serves.
    void whenRecorded(std::function<void(const protocol::AuditEntry &)> call) { m_watcher = std::move(call); }

private:
    AuditLog(os::FileSystem &fileSystem, const Clock &clock, Options options);
    [[nodiscard]] std::string pathOf(unsigned number) const;
    [[nodiscard]] Result<std::string> readFile(unsigned number) const;
    [[nodiscard]] Status openCurrent() REQUIRES(m_mutex);
    [[nodiscard]] Status rotate() REQUIRES(m_mutex);

    os::FileSystem &m_fileSystem;
    const Clock &m_clock;
    const Options m_options;
    std::function<void(const protocol::AuditEntry &)> m_watcher;

    mutable base::Mutex m_mutex;
    std::unique_ptr<os::File> m_file GUARDED_BY(m_mutex);
    std::uint64_t m_size GUARDED_BY(m_mutex) = 0;
    std::uint64_t m_next GUARDED_BY(m_mutex) = 1;  // the next entry's number
};

}  // namespace maxiofs::identity
