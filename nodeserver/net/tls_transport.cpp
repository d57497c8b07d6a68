// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/tls_transport.h"

#include <openssl/bio.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>

namespace maxiofs::net {

namespace {

TlsTransport &transportOf(BIO *bio)
{
    return *static_cast<TlsTransport *>(BIO_get_data(bio));
}

// BIO_sock_should_retry() tells whether errno only says "not now".
int readBio(BIO *bio, char *into, std::size_t size, std::size_t *got)
{
    BIO_clear_retry_flags(bio);
    const std::ptrdiff_t done = transportOf(bio).read(std::as_writable_bytes(std::span(into, size)));
    *got = done > 0 ? static_cast<std::size_t>(done) : 0;
    if (done < 0 && BIO_sock_should_retry(-1) != 0)
        BIO_set_retry_read(bio);
    return done > 0 ? 1 : static_cast<int>(done);
}

int writeBio(BIO *bio, const char *data, std::size_t size, std::size_t *sent)
{
    BIO_clear_retry_flags(bio);
    const std::ptrdiff_t done = transportOf(bio).write(std::as_bytes(std::span(data, size)));
    *sent = done > 0 ? static_cast<std::size_t>(done) : 0;
    if (done < 0 && BIO_sock_should_retry(-1) != 0)
        BIO_set_retry_write(bio);
    return done > 0 ? 1 : static_cast<int>(done);
}

long controlBio(BIO *bio, int command, long, void *)
{
    switch (command) {
    case BIO_CTRL_FLUSH: return 1;
    case BIO_CTRL_EOF: return transportOf(bio).hasEnded() ? 1 : 0;
    default: return 0;
    }
}

const BIO_METHOD *bioMethod()
{
    static const BIO_METHOD *const method = [] {
        BIO_METHOD *const made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "maxiofs socket");
        if (made != nullptr) {
            BIO_meth_set_read_ex(made, readBio);
            BIO_meth_set_write_ex(made, writeBio);
            BIO_meth_set_ctrl(made, controlBio);
        }
        return made;
    }();
    return method;
}

}  // namespace

BIO *TlsTransport::makeBio()
{
    const BIO_METHOD *const method = bioMethod();
    BIO *const bio = method != nullptr ? BIO_new(method) : nullptr;
    if (bio != nullptr) {
        BIO_set_data(bio, this);
        BIO_set_init(bio, 1);
    }
    return bio;
}

std::span<std::byte> TlsTransport::space()
{
    if (!m_bytes)
        m_bytes = std::make_unique_for_overwrite<std::byte[]>(kBytes);
    return {m_bytes.get(), kBytes};
}

void TlsTransport::arrived(std::size_t size)
{
    m_begin = 0;
    m_end = size;
    m_ended = size == 0;
}

std::ptrdiff_t TlsTransport::read(std::span<std::byte> into)
{
    if (m_ended)
        return 0;
    if (isEmpty()) {
        const std::ptrdiff_t size = ::recv(m_socket, into.data(), into.size(), MSG_DONTWAIT);
        m_ended = size == 0 && !into.empty();
        return size;
    }
    const std::size_t size = std::min(into.size(), m_end - m_begin);
    std::memcpy(into.data(), m_bytes.get() + m_begin, size);
    m_begin += size;
    return static_cast<std::ptrdiff_t>(size);
}

std::ptrdiff_t TlsTransport::write(ByteView data) const
{
    return ::send(m_socket, data.data(), data.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

}  // namespace maxiofs::net
