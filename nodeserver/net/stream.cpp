// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/stream.h"

#include "base/hex.h"

#include <boost/asio/post.hpp>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

namespace maxiofs::net {

namespace {

constexpr unsigned char kTlsHandshake = 0x16;  // RFC 8446 section 5.1: content type of a ClientHello

// Counts the time of one wait against a deadline.
class Waiting {
public:
    explicit Waiting(Deadline &deadline) : m_deadline(deadline) { m_deadline.beginWait(); }
    ~Waiting() { m_deadline.endWait(); }
    Waiting(const Waiting &) = delete;
    Waiting &operator=(const Waiting &) = delete;

private:
    Deadline &m_deadline;
};

// What SSL_get_error() reads must be of the call before it; the queue is nearly always empty, and emptying it
// is not free.
void forgetErrors()
{
    if (ERR_peek_error() != 0)
        ERR_clear_error();
}

bool wouldBlock(int errorNumber)
{
    return errorNumber == EAGAIN || errorNumber == EWOULDBLOCK || errorNumber == EINTR;
}

/// Whether one of the events, or an error, is there now.
bool shows(int socket, short events)
{
    pollfd state{socket, events, 0};
    return ::poll(&state, 1, 0) > 0;
}

std::string peerFingerprint(SSL *tls)
{
    const X509 *const certificate = SSL_get0_peer_certificate(tls);
    std::array<std::byte, EVP_MAX_MD_SIZE> digest;
    unsigned size = 0;
    if (certificate == nullptr ||
        X509_digest(certificate, EVP_sha256(), reinterpret_cast<unsigned char *>(digest.data()), &size) != 1)
        return {};
    return toHex(ByteView(digest).first(size));
}

PeerAddress peerOf(const TcpSocket &socket)
{
    boost::system::error_code error;
    const auto endpoint = socket.remote_endpoint(error);
    return error ? PeerAddress() : PeerAddress::of(endpoint);
}

}  // namespace

Stream::Stream(TcpSocket socket, Deadline &deadline, Traffic &traffic)
    : m_socket(std::move(socket)),
      m_deadline(deadline),
      m_traffic(traffic),
      m_peer(peerOf(m_socket))
{
    boost::system::error_code ignored;  // a socket that is already broken shows it at the first read
    m_socket.native_non_blocking(true, ignored);
    m_socket.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
}

Stream::~Stream()
{
    SSL_free(m_tls);
}

std::unexpected<Error> Stream::broken(std::string_view action, int errorNumber) const
{
    if (m_deadline.isLate())
        return failure(Error::TimedOut, "The peer was too slow.", m_peer.text);
    std::string message = "The connection ended while " + std::string(action);
    if (errorNumber != 0)
        message += std::string(": ") + std::strerror(errorNumber);
    return failure(Error::Closed, message + ".", m_peer.text);
}

Awaitable<Status> Stream::waitFor(TcpSocket::wait_type direction)
{
    const Waiting waiting(m_deadline);
    const auto [error] = co_await m_socket.async_wait(direction, asTuple);
    if (error || m_cut)
        co_return broken("waiting", error.value());
    co_return Status();
}

Awaitable<Status> Stream::open(const TlsSource *source)
{
    unsigned char first = 0;
    {
        const Waiting waiting(m_deadline);
        const auto [error, size] =
            co_await m_socket.async_receive(boost::asio::buffer(&first, 1), TcpSocket::message_peek, asTuple);
        if (error || size == 0 || m_cut)
            co_return broken("waiting for the first byte", error.value());
    }
    if (first != kTlsHandshake)
        co_return Status();
    std::shared_ptr<const TlsContext> context = source != nullptr ? source->get() : nullptr;
    if (!context)
        co_return failure(Error::Unsupported, "The peer began a TLS handshake and no certificate is set.",
                          m_peer.text);
    CO_TRY_STATUS(beginTls(std::move(context)));
    SSL_set_accept_state(m_tls);
    co_return co_await handshake();
}

Awaitable<Status> Stream::connectTls(std::shared_ptr<const TlsContext> context, std::string_view serverName)
{
    const std::string name(serverName);
    CO_TRY_STATUS(beginTls(std::move(context)));
    if (SSL_set_tlsext_host_name(m_tls, name.c_str()) != 1)
        co_return failure(Error::Internal, "OpenSSL cannot call by the name " + name + ".");
    SSL_set_connect_state(m_tls);
    co_return co_await handshake();
}

Status Stream::beginTls(std::shared_ptr<const TlsContext> context)
{
    m_context = std::move(context);
    m_tls = SSL_new(m_context->native());
    BIO *const bio = m_transport.emplace(m_socket.native_handle()).makeBio();
    if (m_tls == nullptr || bio == nullptr) {
        BIO_free(bio);
        return failure(Error::Internal, "OpenSSL cannot make a TLS connection.");
    }
    SSL_set_bio(m_tls, bio, bio);  // owns it
    return {};
}

Awaitable<Status> Stream::handshake()
{
    for (;;) {
        forgetErrors();
        const int done = SSL_do_handshake(m_tls);
        if (done == 1) {
            m_peerCertificate = peerFingerprint(m_tls);
            co_return Status();
        }
        const int reason = SSL_get_error(m_tls, done);
        if (reason != SSL_ERROR_WANT_READ && reason != SSL_ERROR_WANT_WRITE)
            co_return broken("the TLS handshake was made", 0);
        CO_TRY_STATUS(
            co_await waitFor(reason == SSL_ERROR_WANT_READ ? TcpSocket::wait_read : TcpSocket::wait_write));
    }
}

Awaitable<Result<std::size_t>> Stream::read(std::span<std::byte> into, bool expectData)
{
    if (m_cut)
        co_return broken("reading", 0);
    if (m_tls != nullptr)
        co_return co_await readTls(into, expectData);
    if (expectData && m_directCalls < kDirectCalls) {
        const ssize_t size = ::recv(m_socket.native_handle(), into.data(), into.size(), MSG_DONTWAIT);
        if (size >= 0) {
            ++m_directCalls;
            received(static_cast<std::size_t>(size));
            co_return static_cast<std::size_t>(size);
        }
        if (!wouldBlock(errno))
            co_return broken("reading", errno);
    }
    m_directCalls = 0;
    const Waiting waiting(m_deadline);
    const auto [error, size] =
        co_await m_socket.async_read_some(boost::asio::buffer(into.data(), into.size()), asTuple);
    if (m_cut || (error && error != boost::asio::error::eof))
        co_return broken("reading", error.value());
    received(size);
    co_return size;
}

Awaitable<Result<std::size_t>> Stream::readTls(std::span<std::byte> into, bool expectData)
{
    if (++m_directCalls > kDirectCalls) {
        m_directCalls = 0;
        co_await boost::asio::post(m_socket.get_executor(), useAwaitable);
    }
    if (!expectData && SSL_has_pending(m_tls) != 1 && m_transport->isEmpty())
        CO_TRY_STATUS(co_await receiveTls());
    std::size_t filled = 0;
    for (;;) {
        std::size_t size = 0;
        forgetErrors();
        const int done = SSL_read_ex(m_tls, into.data() + filled, into.size() - filled, &size);
        if (done == 1) {
            received(size);
            filled += size;
            if (filled < into.size() && (SSL_has_pending(m_tls) == 1 || !m_transport->isEmpty()))
                continue;  // more records came in the same system call
            co_return filled;
        }
        const int reason = SSL_get_error(m_tls, done);
        if (filled > 0)
            co_return filled;  // an end or a failure shows again
        switch (reason) {
        case SSL_ERROR_ZERO_RETURN: co_return std::size_t(0);
        case SSL_ERROR_WANT_READ: CO_TRY_STATUS(co_await waitFor(TcpSocket::wait_read)); break;
        case SSL_ERROR_WANT_WRITE: CO_TRY_STATUS(co_await waitFor(TcpSocket::wait_write)); break;
        default: co_return broken("reading", 0);
        }
    }
}

// Takes what comes next, whenever that is.
Awaitable<Status> Stream::receiveTls()
{
    const std::span<std::byte> space = m_transport->space();
    const Waiting waiting(m_deadline);
    const auto [error, size] =
        co_await m_socket.async_receive(boost::asio::buffer(space.data(), space.size()), asTuple);
    if (m_cut || (error && error != boost::asio::error::eof))
        co_return broken("waiting", error.value());
    m_transport->arrived(size);
    co_return Status();
}

Result<std::size_t> Stream::writeNow(std::span<const ByteView> pieces)
{
    if (m_cut)
        return broken("writing", 0);
    if (m_tls != nullptr)
        return writeTlsNow(pieces);
    std::array<iovec, kMaxPieces> vectors;
    const std::size_t count = std::min(pieces.size(), kMaxPieces);
    for (std::size_t i = 0; i < count; ++i)
        vectors[i] = {const_cast<std::byte *>(pieces[i].data()), pieces[i].size()};
    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = count;
    const ssize_t size = ::sendmsg(m_socket.native_handle(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (size < 0) {
        if (wouldBlock(errno))
            return std::size_t(0);
        return broken("writing", errno);
    }
    sent(static_cast<std::size_t>(size));
    return static_cast<std::size_t>(size);
}

Result<std::size_t> Stream::writeTlsNow(std::span<const ByteView> pieces)
{
    // Small pieces share a record: a head and a short body go out in one system call. After "would block"
    // OpenSSL needs the same bytes again; the same pieces are gathered the same way.
    constexpr std::size_t kRecord = 16 * 1024;
    std::array<std::byte, kRecord> gathered;
    std::size_t written = 0;
    std::size_t index = 0;
    std::size_t offset = 0;  // in pieces[index]
    for (;;) {
        while (index < pieces.size() && offset == pieces[index].size()) {
            ++index;
            offset = 0;
        }
        if (index == pieces.size())
            return written;
        ByteView bytes = pieces[index].subspan(offset);
        if (bytes.size() < kRecord && index + 1 < pieces.size()) {
            std::size_t filled = 0;
            std::size_t from = offset;
            for (std::size_t i = index; i < pieces.size() && filled < kRecord; ++i, from = 0) {
                const ByteView part =
                    pieces[i].subspan(from, std::min(pieces[i].size() - from, kRecord - filled));
                if (!part.empty())
                    std::memcpy(gathered.data() + filled, part.data(), part.size());
                filled += part.size();
            }
            bytes = ByteView(gathered).first(filled);
        }
        std::size_t size = 0;
        forgetErrors();
        const int done = SSL_write_ex(m_tls, bytes.data(), bytes.size(), &size);
        if (done != 1) {
            const int reason = SSL_get_error(m_tls, done);
            if (reason != SSL_ERROR_WANT_READ && reason != SSL_ERROR_WANT_WRITE)
                return broken("writing", 0);
            m_tlsWants = reason == SSL_ERROR_WANT_READ ? TcpSocket::wait_read : TcpSocket::wait_write;
            return written;
        }
        sent(size);
        written += size;
        while (size > 0) {
            const std::size_t here = std::min(size, pieces[index].size() - offset);
            size -= here;
            offset += here;
            if (offset == pieces[index].size() && index + 1 < pieces.size()) {
                ++index;
                offset = 0;
            }
        }
    }
}

Awaitable<Status> Stream::write(std::span<const ByteView> pieces)
{
    std::array<ByteView, kMaxPieces> kept;
    const std::size_t count = std::min(pieces.size(), kMaxPieces);
    std::copy_n(pieces.begin(), count, kept.begin());
    std::span<ByteView> left(kept.data(), count);
    for (;;) {
        CO_TRY_ASSIGN(std::size_t written, writeNow(left));
        while (!left.empty() && written >= left.front().size()) {
            written -= left.front().size();
            left = left.subspan(1);
        }
        if (left.empty())
            co_return Status();
        left.front() = left.front().subspan(written);
        CO_TRY_STATUS(co_await waitFor(m_tls != nullptr ? m_tlsWants : TcpSocket::wait_write));
    }
}

void Stream::received(std::size_t bytes)
{
    m_deadline.progress(bytes);
    m_traffic.in.add(bytes);
    m_moved += bytes;
}

void Stream::sent(std::size_t bytes)
{
    m_deadline.progress(bytes);
    m_traffic.out.add(bytes);
    m_moved += bytes;
}

void Stream::finishWriting()
{
    if (m_tls != nullptr) {
        forgetErrors();
        SSL_shutdown(m_tls);
        forgetErrors();
    }
    boost::system::error_code ignored;
    m_socket.shutdown(TcpSocket::shutdown_send, ignored);
}

void Stream::cut()
{
    m_cut = true;
    boost::system::error_code ignored;
    m_socket.shutdown(TcpSocket::shutdown_both, ignored);
}

void Stream::reset()
{
    m_cut = true;
    boost::system::error_code ignored;
    m_socket.set_option(boost::asio::socket_base::linger(true, 0), ignored);
    m_socket.close(ignored);
}

bool Stream::hasInput()
{
    return m_cut || (m_tls != nullptr && (SSL_has_pending(m_tls) == 1 || !m_transport->isEmpty())) ||
           shows(m_socket.native_handle(), POLLIN | POLLRDHUP);
}

bool Stream::peerHasLeft()
{
    return shows(m_socket.native_handle(), POLLRDHUP);
}

}  // namespace maxiofs::net
