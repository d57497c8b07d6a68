// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/raw_server.h"

#include "net/thread_name.h"

#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace maxiofs::test {

RawPeer::RawPeer(int socket, const net::TlsContext *tls) : m_socket(socket)
{
    const timeval limit{30, 0};
    ::setsockopt(m_socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(m_socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (tls == nullptr)
        return;
    m_tls = SSL_new(tls->native());
    SSL_set_fd(m_tls, m_socket);
    m_connected = SSL_accept(m_tls) == 1;
}

RawPeer::~RawPeer()
{
    SSL_free(m_tls);
    ::close(m_socket);
}

bool RawPeer::send(std::string_view bytes)
{
    while (m_connected && !bytes.empty()) {
        const auto sent = m_tls != nullptr ? SSL_write(m_tls, bytes.data(), static_cast<int>(bytes.size()))
                                           : ::send(m_socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return m_connected;
}

bool RawPeer::receiveMore()
{
    std::array<char, 64 * 1024> piece;
    if (!m_connected)
        return false;
    const auto size = m_tls != nullptr ? SSL_read(m_tls, piece.data(), static_cast<int>(piece.size()))
                                       : ::recv(m_socket, piece.data(), piece.size(), 0);
    if (size <= 0)
        return false;
    m_received.append(piece.data(), static_cast<std::size_t>(size));
    return true;
}

std::string RawPeer::receiveHead()
{
    std::size_t end = 0;
    while ((end = m_received.find("\r\n\r\n")) == std::string::npos)
        if (!receiveMore())
            return {};
    return receive(end + 4);
}

std::string RawPeer::receive(std::size_t size)
{
    while (m_received.size() < size && receiveMore()) {
    }
    std::string taken = m_received.substr(0, size);
    m_received.erase(0, taken.size());
    return taken;
}

void RawPeer::waitForClose()
{
    while (receiveMore())
        m_received.clear();
}

void RawPeer::closeNotify()
{
    SSL_shutdown(m_tls);
}

RawServer::RawServer(Script script, std::shared_ptr<const net::TlsContext> tls)
    : m_script(std::move(script)),
      m_tls(std::move(tls))
{
    m_socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    ::inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    socklen_t size = sizeof address;
    if (::bind(m_socket, reinterpret_cast<const sockaddr *>(&address), size) == 0 &&
        ::listen(m_socket, SOMAXCONN) == 0 &&
        ::getsockname(m_socket, reinterpret_cast<sockaddr *>(&address), &size) == 0)
        m_port = ntohs(address.sin_port);
    m_thread = std::thread([this] { run(); });
}

RawServer::~RawServer()
{
    m_stopping = true;
    ::shutdown(m_socket, SHUT_RDWR);
    m_thread.join();
    ::close(m_socket);
}

void RawServer::run()
{
    net::blockBrokenPipeSignal();
    for (;;) {
        const int accepted = ::accept(m_socket, nullptr, nullptr);
        if (accepted < 0 || m_stopping) {
            ::close(accepted);
            return;
        }
        RawPeer peer(accepted, m_tls.get());
        m_script(peer, m_connections++);
    }
}

}  // namespace maxiofs::test
