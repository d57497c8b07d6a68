// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "http/client_connection.h"

#include <memory>

namespace maxiofs::http {

class ClientThread;

// A connection that is in use. Going, it is kept for the next if its last exchange ended well, else closed.
// Used and destroyed on its I/O thread.
class ClientLease {
public:
    ClientLease() = default;
    ClientLease(std::shared_ptr<ClientThread> thread, std::unique_ptr<ClientConnection> connection);
    ClientLease(ClientLease &&other) noexcept;
    ClientLease &operator=(ClientLease &&other) noexcept;
    ~ClientLease();

    ClientConnection *operator->() const { return m_connection.get(); }
    ClientConnection &operator*() const { return *m_connection; }

private:
    void giveBack();

    std::shared_ptr<ClientThread> m_thread;
    std::unique_ptr<ClientConnection> m_connection;
};

}  // namespace maxiofs::http
