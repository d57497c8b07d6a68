// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/id.h"
#include "base/mutex.h"
#include "log/log.h"
#include "os/file_system.h"

#include <functional>
#include <string>
#include <vector>

namespace maxiofs::store {

// Acknowledged data that can no longer be read: a range of a segment, a whole segment, a large-object file.
struct DamageEntry {
    enum class Kind { Range, MissingSegment, File };
    Kind kind = Kind::Range;
    std::uint64_t segment = 0;
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    Id128 file;
    std::string reason;

    [[nodiscard]] static DamageEntry ofSegment(std::uint64_t segment, std::uint64_t from, std::uint64_t to,
                                               std::string reason);
    [[nodiscard]] static DamageEntry ofMissing(std::uint64_t segment);
    /// What a start or a scan of the log found.
    [[nodiscard]] static DamageEntry of(const log::Log &log, const log::Damage &damage);
    [[nodiscard]] static DamageEntry ofFile(const Id128 &file, std::string reason);

    [[nodiscard]] bool isSame(const DamageEntry &other) const;
    /// For a person.
    [[nodiscard]] std::string text() const;
};

inline constexpr std::size_t kMostDamageEntries = 1000;

// The damage that is known, kept in a file so that a restart does not forget it: it holds off the sweep, and
// compaction of the segments named. What nothing stands on any more is healed: it is no loss, but a rebuild
// of the index would still miss what its records did, so the segments stay. Beyond kMostDamageEntries the
// rest is only known to exist. Any thread.
class DamageList {
public:
    DamageList(os::FileSystem &fileSystem, std::string path);

    /// Reads what earlier runs found. An unreadable file is begun anew: scrub finds everything again.
    [[nodiscard]] Status load();
    void add(DamageEntry entry);

    /// Called after damage was added, or healed damage found again; must not block.
    void setHook(std::function<void()> hook);

    struct Item {
        DamageEntry entry;
        bool healed = false;
    };
    [[nodiscard]] std::vector<Item> items() const;
    /// What became of damage that may not be known any more.
    void setHealed(const DamageEntry &entry, bool healed);

    /// What is found between the two is what there is: the second forgets the rest.
    void beginRound();
    void endRound();

    /// Whether all is healed.
    [[nodiscard]] bool empty() const;
    [[nodiscard]] bool hasSegment(std::uint64_t number) const;
    [[nodiscard]] bool hasMissingSegment() const;
    /// What is not healed.
    [[nodiscard]] std::vector<std::string> texts() const;

private:
    struct Known {
        DamageEntry entry;
        bool found = false;  // in this round
        bool healed = false;
    };
    void store();
    void tellHook();
    [[nodiscard]] Bytes encoded() const REQUIRES(m_mutex);

    os::FileSystem &m_fileSystem;
    const std::string m_path;
    base::Mutex m_fileMutex;  // one writer of the file; taken before m_mutex
    mutable base::Mutex m_mutex;
    std::vector<Known> m_known GUARDED_BY(m_mutex);
    bool m_more GUARDED_BY(m_mutex) = false;
    bool m_moreFound GUARDED_BY(m_mutex) = false;
    base::Mutex m_hookMutex;
    std::function<void()> m_hook GUARDED_BY(m_hookMutex);
};

}  // namespace maxiofs::store
