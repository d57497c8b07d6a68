// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/deadlines.h"

namespace maxiofs::net {

Deadline::Deadline(Deadlines &deadlines, void (*onLate)(void *), void *context)
    : m_onLate(onLate),
      m_context(context),
      m_deadlines(deadlines),
      m_next(deadlines.m_first)
{
    if (m_next != nullptr)
        m_next->m_previous = this;
    deadlines.m_first = this;
    ++deadlines.m_size;
}

Deadline::~Deadline()
{
    if (m_previous != nullptr)
        m_previous->m_next = m_next;
    else
        m_deadlines.m_first = m_next;
    if (m_next != nullptr)
        m_next->m_previous = m_previous;
    --m_deadlines.m_size;
}

void Deadlines::sweep(std::chrono::milliseconds elapsed)
{
    for (Deadline *each = m_first; each != nullptr;) {
        Deadline *const next = each->m_next;
        if (each->m_waiting && !each->m_late && each->m_pace.window.count() != 0) {
            each->m_waited += elapsed;
            if (each->m_waited >= each->m_pace.window) {
                if (each->m_pace.bytes != 0 && each->m_bytes >= each->m_pace.bytes) {
                    each->m_waited = std::chrono::milliseconds(0);
                    each->m_bytes = 0;
                } else {
                    each->m_late = true;
                    each->m_onLate(each->m_context);
                }
            }
        }
        each = next;
    }
}

}  // namespace maxiofs::net
