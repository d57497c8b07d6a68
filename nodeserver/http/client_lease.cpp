// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/client_lease.h"

#include "http/client_thread.h"

#include <utility>

namespace maxiofs::http {

ClientLease::ClientLease(std::shared_ptr<ClientThread> thread, std::unique_ptr<ClientConnection> connection)
    : m_thread(std::move(thread)),
      m_connection(std::move(connection))
{
}

ClientLease::ClientLease(ClientLease &&other) noexcept = default;

ClientLease &ClientLease::operator=(ClientLease &&other) noexcept
{
    giveBack();
    m_thread = std::move(other.m_thread);
    m_connection = std::move(other.m_connection);
    return *this;
}

ClientLease::~ClientLease()
{
    giveBack();
}

void ClientLease::giveBack()
{
    if (m_connection)
        m_thread->giveBack(std::move(m_connection));
}

}  // namespace maxiofs::http
