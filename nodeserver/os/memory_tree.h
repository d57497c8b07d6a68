// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "os/memory_content.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace maxiofs::os {

// A file or directory of a MemoryFileSystem.
struct MemoryNode {
    bool isDirectory = false;
    bool linked = true;  // has a name
    std::int64_t modifiedMs = 0;
    MemoryContent content;
    std::map<std::string, std::shared_ptr<MemoryNode>> entries;  // of a directory, now
    std::map<std::string, std::shared_ptr<MemoryNode>> durable;  // of a directory, after a power cut
};
using MemoryNodePtr = std::shared_ptr<MemoryNode>;

// The names of a MemoryFileSystem: as they are now, and as a power cut would leave them. A change of names
// is durable once a directory that it touches is synced, together with the earlier changes of the same
// names. No locks of its own.
class MemoryTree {
public:
    MemoryTree();

    struct Place {
        MemoryNodePtr directory;
        std::string name;    // empty: the root itself
        MemoryNodePtr node;  // null: nothing has the name
    };
    /// Where the path leads; an error where a directory on the way is missing or a file.
    [[nodiscard]] Result<Place> find(std::string_view action, const std::string &path) const;

    void link(const Place &place, MemoryNodePtr node);
    void unlink(const Place &place);
    void move(const Place &from, const Place &to);
    void syncDirectory(const MemoryNodePtr &directory);
    void syncAll();

    /// What is found after a power cut now: durable names and any part of the changes since, in an order that
    /// a journal could have kept, with the surviving bytes of each file.
    [[nodiscard]] MemoryTree survivors(MemoryContent::Random &random) const;
    /// Sizes of all files together.
    [[nodiscard]] std::uint64_t usedBytes() const;

private:
    using Names = std::map<std::string, MemoryNodePtr>;
    struct Change {
        MemoryNodePtr fromDirectory;  // null: a new name
        std::string fromName;
        MemoryNodePtr toDirectory;  // null: a removal
        std::string toName;
        MemoryNodePtr node;
    };

    MemoryNodePtr m_root;
    std::vector<Change> m_pending;  // oldest first
};

}  // namespace maxiofs::os
