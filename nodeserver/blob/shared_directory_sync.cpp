// SPDX-License-Identifier: GPL-3.0-or-later
#include "blob/shared_directory_sync.h"

namespace maxiofs::blob {

Status SharedDirectorySync::sync(const std::string &directory)
{
    base::MutexLock lock(m_mutex);
    Directory &state = m_directories[directory];
    if (!state.next)
        state.next = std::make_shared<Group>();
    const std::shared_ptr<Group> group = state.next;
    while (!group->done && state.running)
        lock.wait(m_ended);
    if (group->done)
        return group->result;

    state.running = true;
    state.next.reset();
    lock.unlock();
    Status result = m_fileSystem.syncDirectory(directory);
    lock.lock();
    group->result = std::move(result);
    group->done = true;
    state.running = false;
    m_ended.notify_all();
    return group->result;
}

}  // namespace maxiofs::blob
