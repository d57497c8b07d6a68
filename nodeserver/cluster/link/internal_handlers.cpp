// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/link/internal_handlers.h"

namespace maxiofs::cluster::link {

void InternalHandlers::add(std::string_view route, Handler handler)
{
    m_entries.insert_or_assign(std::string(route), std::move(handler));
}

void InternalHandlers::addBytes(std::string_view route, BytesHandler handler)
{
    m_entries.insert_or_assign(std::string(route), std::move(handler));
}

void InternalHandlers::addStream(std::string_view route, Streamer streamer)
{
    m_entries.insert_or_assign(std::string(route), std::move(streamer));
}

const InternalHandlers::Entry *InternalHandlers::find(std::string_view route) const
{
    const auto found = m_entries.find(route);
    return found == m_entries.end() ? nullptr : &found->second;
}

}  // namespace maxiofs::cluster::link
