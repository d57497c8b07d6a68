// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/memory_tree.h"

#include <algorithm>
#include <cerrno>
#include <set>
#include <utility>

namespace maxiofs::os {

namespace {

using NameKey = std::pair<const MemoryNode *, std::string>;

// Which of the names in `names` a change touches.
template <typename Change>
bool touches(const Change &change, const std::set<NameKey> &names)
{
    return (change.fromDirectory && names.contains({change.fromDirectory.get(), change.fromName})) ||
           (change.toDirectory && names.contains({change.toDirectory.get(), change.toName}));
}

template <typename Change>
void addNames(const Change &change, std::set<NameKey> &names)
{
    if (change.fromDirectory)
        names.insert({change.fromDirectory.get(), change.fromName});
    if (change.toDirectory)
        names.insert({change.toDirectory.get(), change.toName});
}

void makeDurable(MemoryNode &node)
{
    node.durable = node.entries;
    node.content.sync();
    for (const auto &[name, child] : node.entries)
        makeDurable(*child);
}

std::uint64_t bytesBelow(const MemoryNode &node)
{
    std::uint64_t bytes = node.content.current().size();
    for (const auto &[name, child] : node.entries)
        bytes += bytesBelow(*child);
    return bytes;
}

}  // namespace

MemoryTree::MemoryTree() : m_root(std::make_shared<MemoryNode>())
{
    m_root->isDirectory = true;
}

Result<MemoryTree::Place> MemoryTree::find(std::string_view action, const std::string &path) const
{
    Place place{.directory = m_root, .name = {}, .node = m_root};
    std::string_view left = path;
    while (!left.empty()) {
        const auto slash = left.find('/');
        const std::string_view name = left.substr(0, slash);
        left = slash == std::string_view::npos ? std::string_view() : left.substr(slash + 1);
        if (name.empty() || name == ".")
            continue;
        if (!place.node)
            return failure(systemError(action, path, ENOENT));
        if (!place.node->isDirectory)
            return failure(systemError(action, path, ENOTDIR));
        place.directory = place.node;
        place.name = name;
        const auto found = place.directory->entries.find(place.name);
        place.node = found == place.directory->entries.end() ? nullptr : found->second;
    }
    return place;
}

void MemoryTree::link(const Place &place, MemoryNodePtr node)
{
    place.directory->entries[place.name] = node;
    m_pending.push_back({.fromDirectory = nullptr,
                         .fromName = {},
                         .toDirectory = place.directory,
                         .toName = place.name,
                         .node = std::move(node)});
}

void MemoryTree::unlink(const Place &place)
{
    place.directory->entries.erase(place.name);
    place.node->linked = false;
    m_pending.push_back({.fromDirectory = place.directory,
                         .fromName = place.name,
                         .toDirectory = nullptr,
                         .toName = {},
                         .node = place.node});
}

void MemoryTree::move(const Place &from, const Place &to)
{
    if (to.node)
        to.node->linked = false;
    from.directory->entries.erase(from.name);
    to.directory->entries[to.name] = from.node;
    m_pending.push_back({.fromDirectory = from.directory,
                         .fromName = from.name,
                         .toDirectory = to.directory,
                         .toName = to.name,
                         .node = from.node});
}

void MemoryTree::syncDirectory(const MemoryNodePtr &directory)
{
    // From the newest back: a change of a name cannot be durable without the earlier ones of that name.
    std::set<NameKey> needed;
    std::vector<bool> chosen(m_pending.size());
    for (std::size_t i = m_pending.size(); i-- > 0;) {
        const Change &change = m_pending[i];
        chosen[i] =
            change.fromDirectory == directory || change.toDirectory == directory || touches(change, needed);
        if (chosen[i])
            addNames(change, needed);
    }
    std::vector<Change> left;
    for (std::size_t i = 0; i < m_pending.size(); ++i) {
        Change &change = m_pending[i];
        if (!chosen[i]) {
            left.push_back(std::move(change));
            continue;
        }
        if (change.fromDirectory)
            change.fromDirectory->durable.erase(change.fromName);
        if (change.toDirectory)
            change.toDirectory->durable[change.toName] = change.node;
    }
    m_pending = std::move(left);
}

void MemoryTree::syncAll()
{
    makeDurable(*m_root);
    m_pending.clear();
}

MemoryTree MemoryTree::survivors(MemoryContent::Random &random) const
{
    std::map<const MemoryNode *, Names> changed;
    const auto namesOf = [&changed](const MemoryNode *directory) -> Names & {
        return changed.try_emplace(directory, directory->durable).first->second;
    };
    std::set<NameKey> lost;
    const std::uint64_t ofEight = random() % 9;
    for (const Change &change : m_pending) {
        if (random() % 8 >= ofEight || touches(change, lost)) {
            addNames(change, lost);
            continue;
        }
        if (change.fromDirectory)
            namesOf(change.fromDirectory.get()).erase(change.fromName);
        if (change.toDirectory)
            namesOf(change.toDirectory.get())[change.toName] = change.node;
    }

    const auto copy = [&](const auto &self, const MemoryNode &from) -> MemoryNodePtr {
        auto to = std::make_shared<MemoryNode>();
        to->isDirectory = from.isDirectory;
        to->modifiedMs = from.modifiedMs;
        to->content = MemoryContent(from.content.survivors(random));
        const auto replaced = changed.find(&from);
        for (const auto &[name, child] : replaced == changed.end() ? from.durable : replaced->second)
            to->entries.emplace(name, self(self, *child));
        to->durable = to->entries;
        return to;
    };
    MemoryTree tree;
    tree.m_root = copy(copy, *m_root);
    return tree;
}

std::uint64_t MemoryTree::usedBytes() const
{
    return bytesBelow(*m_root);
}

}  // namespace maxiofs::os
