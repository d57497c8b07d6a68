// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/raw_client.h"

#include "base/hex.h"
#include "net/thread_name.h"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace maxiofs::test {

RawClient::RawClient(std::uint16_t port, Kind kind, const char *fromAddress)
{
    connect(port, fromAddress);
    if (kind == Kind::Tls && m_connected)
        beginTls({}, TLS1_3_VERSION);
}

RawClient::RawClient(std::uint16_t port, const std::string &serverName, int newest)
{
    connect(port, "127.0.0.1");
    if (m_connected)
        beginTls(serverName, newest);
}

void RawClient::connect(std::uint16_t port, const char *fromAddress)
{
    net::blockBrokenPipeSignal();  // OpenSSL writes without MSG_NOSIGNAL
    m_socket = ::socket(AF_INET, SOCK_STREAM, 0);
    const timeval limit{30, 0};
    ::setsockopt(m_socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(m_socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    const int atOnce = 1;
    ::setsockopt(m_socket, IPPROTO_TCP, TCP_NODELAY, &atOnce, sizeof atOnce);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    ::inet_pton(AF_INET, fromAddress, &address.sin_addr);
    m_connected = ::bind(m_socket, reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0;
    ::inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    address.sin_port = htons(port);
    m_connected =
        m_connected && ::connect(m_socket, reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0;
}

void RawClient::beginTls(const std::string &serverName, int newest)
{
    m_context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_max_proto_version(m_context, newest);
    m_tls = SSL_new(m_context);
    SSL_set_fd(m_tls, m_socket);
    if (!serverName.empty())
        SSL_set_tlsext_host_name(m_tls, serverName.c_str());
    m_connected = SSL_connect(m_tls) == 1;
}

RawClient::~RawClient()
{
    SSL_free(m_tls);
    SSL_CTX_free(m_context);
    ::close(m_socket);
}

std::string RawClient::serverFingerprint() const
{
    X509 *certificate = SSL_get1_peer_certificate(m_tls);
    std::array<std::byte, EVP_MAX_MD_SIZE> digest;
    unsigned size = 0;
    X509_digest(certificate, EVP_sha256(), reinterpret_cast<unsigned char *>(digest.data()), &size);
    X509_free(certificate);
    return toHex(ByteView(digest).first(size));
}

bool RawClient::send(std::string_view bytes)
{
    while (!bytes.empty()) {
        const auto sent = m_tls != nullptr ? SSL_write(m_tls, bytes.data(), static_cast<int>(bytes.size()))
                                           : ::send(m_socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

void RawClient::finishSending()
{
    ::shutdown(m_socket, SHUT_WR);
}

void RawClient::close()
{
    ::shutdown(m_socket, SHUT_RDWR);
}

bool RawClient::receiveMore()
{
    std::array<char, 64 * 1024> piece;
    const auto size = m_tls != nullptr ? SSL_read(m_tls, piece.data(), static_cast<int>(piece.size()))
                                       : ::recv(m_socket, piece.data(), piece.size(), 0);
    if (size <= 0) {
        m_reset = size < 0 && errno == ECONNRESET;
        return false;
    }
    m_received.append(piece.data(), static_cast<std::size_t>(size));
    return true;
}

bool RawClient::receiveUntil(std::size_t size)
{
    while (m_received.size() < size)
        if (!receiveMore())
            return false;
    return true;
}

std::optional<RawResponse> RawClient::receive(bool toHead)
{
    std::size_t end = 0;
    while ((end = m_received.find("\r\n\r\n")) == std::string::npos)
        if (!receiveMore())
            return std::nullopt;
    RawResponse response;
    response.head = m_received.substr(0, end + 4);
    m_received.erase(0, end + 4);
    response.status = static_cast<unsigned>(std::stoul(response.head.substr(9, 3)));
    if (toHead || response.status < 200 || response.status == 204 || response.status == 304)
        return response;

    if (response.has("\r\nTransfer-Encoding: chunked\r\n")) {
        for (;;) {
            std::size_t line = 0;
            while ((line = m_received.find("\r\n")) == std::string::npos)
                if (!receiveMore())
                    return std::nullopt;
            const std::size_t size = std::stoul(m_received, nullptr, 16);
            if (!receiveUntil(line + 2 + size + 2))
                return std::nullopt;
            response.body += m_received.substr(line + 2, size);
            m_received.erase(0, line + 2 + size + 2);
            if (size == 0)
                return response;
        }
    }
    const std::string label = "\r\nContent-Length: ";
    const std::size_t at = response.head.find(label);
    if (at == std::string::npos) {
        response.body = receiveAll();
        return response;
    }
    const std::size_t size = std::stoul(response.head.substr(at + label.size()));
    if (!receiveUntil(size))
        return std::nullopt;
    response.body = m_received.substr(0, size);
    m_received.erase(0, size);
    return response;
}

std::string RawClient::receiveAll()
{
    while (receiveMore()) {
    }
    return std::exchange(m_received, {});
}

}  // namespace maxiofs::test
