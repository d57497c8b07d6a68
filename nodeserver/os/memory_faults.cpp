// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/memory_faults.h"

namespace maxiofs::os {

namespace {

bool changesSomething(Operation operation)
{
    switch (operation) {
    case Operation::Open:
    case Operation::Read:
    case Operation::List: return false;
    case Operation::Create:
    case Operation::Write:
    case Operation::Sync:
    case Operation::Truncate:
    case Operation::Rename:
    case Operation::Remove:
    case Operation::SyncDirectory: return true;
    }
    return true;
}

}  // namespace

void MemoryFaults::add(Fault fault)
{
    m_faults.push_back(std::move(fault));
}

void MemoryFaults::clear()
{
    m_faults.clear();
    m_changesLeft.reset();
}

std::optional<Fault> MemoryFaults::meet(Operation operation, const std::string &path)
{
    if (stopped())
        return Fault{.operation = operation};
    ++m_counts[static_cast<std::size_t>(operation)];
    if (changesSomething(operation)) {
        ++m_changes;
        if (m_changesLeft)
            --*m_changesLeft;
    }
    std::optional<Fault> met;
    for (Fault &fault : m_faults) {
        if (fault.operation != operation || fault.times == 0 || !path.contains(fault.pathPart))
            continue;
        if (fault.nth > 1) {
            --fault.nth;
            continue;
        }
        --fault.times;
        if (!met)
            met = fault;
    }
    std::erase_if(m_faults, [](const Fault &fault) { return fault.times == 0; });
    return met;
}

}  // namespace maxiofs::os
