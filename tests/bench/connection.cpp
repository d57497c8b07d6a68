// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/connection.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <strings.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

namespace maxiofs::bench {

namespace {

constexpr std::size_t kReceiveAtOnce = 256 * 1024;
constexpr std::size_t kErrorTextKept = 600;
constexpr std::size_t kMaxHead = 64 * 1024;

// The value of a header of `head`, or empty. Names are compared without regard to case.
std::string_view headerOf(std::string_view head, std::string_view name)
{
    for (auto line = head.find("\r\n"); line != std::string_view::npos; line = head.find("\r\n", line + 2)) {
        const std::string_view rest = head.substr(line + 2);
        if (rest.size() <= name.size() || rest[name.size()] != ':' ||
            strncasecmp(rest.data(), name.data(), name.size()) != 0)
            continue;
        std::string_view value = rest.substr(name.size() + 1, rest.find("\r\n") - name.size() - 1);
        value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
        return value;
    }
    return {};
}

}  // namespace

Connection::~Connection()
{
    close();
}

void Connection::close()
{
    if (m_socket >= 0)
        ::close(m_socket);
    m_socket = -1;
}

Status Connection::open(std::uint16_t port)
{
    close();
    m_socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (m_socket < 0)
        return failure(systemError("open", "a socket", errno));
    const int on = 1;
    ::setsockopt(m_socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(m_socket, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
        return failure(systemError("connect to", "127.0.0.1:" + std::to_string(port), errno));
    return {};
}

void Connection::start(std::string_view head, std::string_view bodyBlock, std::uint64_t bodySize)
{
    m_state = State::Sending;
    m_head.assign(head);
    m_headSent = 0;
    m_block = bodyBlock;
    m_bodySize = bodySize;
    m_bodySent = 0;
    m_answer.clear();
    m_haveHead = false;
    m_closeAfter = false;
    m_status = 0;
    m_bodyLength = 0;
    m_bodyReceived = 0;
}

Result<Connection::State> Connection::proceed()
{
    if (m_state == State::Sending) {
        TRY_ASSIGN(const bool sent, send());
        if (!sent)
            return State::Sending;
        m_state = State::Receiving;
        return m_state;  // the answer cannot be here yet; epoll tells when it is
    }
    TRY_ASSIGN(const bool here, receive());
    if (here)
        m_state = State::Done;
    return m_state;
}

Result<bool> Connection::send()
{
    while (m_headSent < m_head.size() || m_bodySent < m_bodySize) {
        std::array<iovec, 2> pieces{};
        pieces[0] = {m_head.data() + m_headSent, m_head.size() - m_headSent};
        const std::uint64_t offset = m_block.empty() ? 0 : m_bodySent % m_block.size();
        const auto piece = std::min<std::uint64_t>(m_block.size() - offset, m_bodySize - m_bodySent);
        pieces[1] = {const_cast<char *>(m_block.data()) + offset, piece};
        msghdr message{};
        message.msg_iov = pieces.data();
        message.msg_iovlen = piece > 0 ? 2 : 1;
        const ssize_t sent = ::sendmsg(m_socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno == EAGAIN)
            return false;
        if (sent < 0)
            return failure(systemError("send to", "the server", errno));
        const std::size_t ofHead = std::min<std::size_t>(sent, m_head.size() - m_headSent);
        m_headSent += ofHead;
        m_bodySent += static_cast<std::uint64_t>(sent) - ofHead;
    }
    return true;
}

Result<bool> Connection::receive()
{
    static std::array<char, kReceiveAtOnce> buffer;
    while (true) {
        // The kernel drops what is only counted: the generator must not cost more than the server.
        const bool dropped = m_haveHead && m_status < 300;
        const ssize_t got =
            ::recv(m_socket, buffer.data(), buffer.size(), MSG_DONTWAIT | (dropped ? MSG_TRUNC : 0));
        if (got < 0 && errno == EAGAIN)
            return false;
        if (got < 0)
            return failure(systemError("receive from", "the server", errno));
        if (got == 0)
            return failure(Error::Closed, "The server closed the connection within an answer.");
        std::string_view arrived(buffer.data(), dropped ? 0 : static_cast<std::size_t>(got));
        std::uint64_t body = static_cast<std::uint64_t>(got);
        if (!m_haveHead) {
            m_answer.append(arrived);
            const auto end = m_answer.find("\r\n\r\n");
            if (end == std::string::npos && m_answer.size() < kMaxHead)
                continue;
            TRY_STATUS(readHead());
            body = m_answer.size() - end - 4;
            arrived = std::string_view(m_answer).substr(end + 4);
        }
        m_bodyReceived += body;
        if (m_status >= 300 && m_errorText.size() < kErrorTextKept)
            m_errorText.append(arrived.substr(0, kErrorTextKept));
        if (m_bodyReceived >= m_bodyLength)
            return true;
    }
}

Status Connection::readHead()
{
    m_haveHead = true;
    const std::string_view head(m_answer.data(), m_answer.find("\r\n\r\n") + 2);
    if (head.size() < 12 || !head.starts_with("HTTP/1.") ||
        std::from_chars(head.data() + 9, head.data() + 12, m_status).ec != std::errc{})
        return failure(Error::InvalidArgument, "The answer is not HTTP: " + std::string(head.substr(0, 100)));
    const std::string_view length = headerOf(head, "Content-Length");
    if (std::from_chars(length.data(), length.data() + length.size(), m_bodyLength).ec != std::errc{} &&
        m_status != 204)
        return failure(Error::InvalidArgument, "The answer has no Content-Length: " + std::string(head));
    const std::string_view connection = headerOf(head, "Connection");
    m_closeAfter = connection.size() == 5 && strncasecmp(connection.data(), "close", 5) == 0;
    return {};
}

}  // namespace maxiofs::bench
