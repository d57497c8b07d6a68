// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/mutex.h"
#include "os/file_system.h"

#include <map>

namespace maxiofs::blob {

// Syncs directories for many threads at once: one sync serves all that asked before it began; who asks while
// one is running waits for the next. Any thread.
class SharedDirectorySync {
public:
    explicit SharedDirectorySync(os::FileSystem &fileSystem) : m_fileSystem(fileSystem) {}

    /// Returns when a sync of the directory that began after this call has ended, with its result.
    [[nodiscard]] Status sync(const std::string &directory);

private:
    struct Group {
        bool done = false;
        Status result;
    };
    struct Directory {
        bool running = false;
        std::shared_ptr<Group> next;  // who waits for the sync that has not begun
    };

    os::FileSystem &m_fileSystem;

    base::Mutex m_mutex;
    std::condition_variable m_ended;
    std::map<std::string, Directory> m_directories GUARDED_BY(m_mutex);
};

}  // namespace maxiofs::blob
