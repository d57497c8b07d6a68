// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/tls_context.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

namespace maxiofs::net {

namespace {

template <auto Free>
struct Freeing {
    void operator()(auto *object) const { Free(object); }
};
using BioPtr = std::unique_ptr<BIO, Freeing<BIO_free>>;
using CertificatePtr = std::unique_ptr<X509, Freeing<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY_free>>;
using ContextPtr = std::unique_ptr<SSL_CTX, Freeing<SSL_CTX_free>>;

BioPtr readerOf(std::string_view text)
{
    return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

int noPassword(char *, int, int, void *)
{
    return -1;  // never ask a terminal
}

std::unexpected<Error> refused(std::string message)
{
    char text[256] = "";
    ERR_error_string_n(ERR_get_error(), text, sizeof text);
    ERR_clear_error();
    return failure(Error::InvalidArgument, std::move(message) + " (" + text + ")");
}

int chooseHttp1(SSL *, const unsigned char **chosen, unsigned char *chosenSize, const unsigned char *offered,
                unsigned offeredSize, void *)
{
    static constexpr unsigned char kHttp1[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    unsigned char *match = nullptr;
    if (SSL_select_next_proto(&match, chosenSize, kHttp1, sizeof kHttp1, offered, offeredSize) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_NOACK;
    *chosen = match;
    return SSL_TLSEXT_ERR_OK;
}

Status addChain(SSL_CTX *context, std::string_view chain)
{
    const BioPtr reader = readerOf(chain);
    const CertificatePtr leaf(PEM_read_bio_X509_AUX(reader.get(), nullptr, noPassword, nullptr));
    if (!leaf || SSL_CTX_use_certificate(context, leaf.get()) != 1)
        return refused(
            "The TLS certificate cannot be read: it must be a PEM file that begins with the server's own.");
    for (;;) {
        CertificatePtr next(PEM_read_bio_X509(reader.get(), nullptr, noPassword, nullptr));
        if (!next)
            break;
        if (SSL_CTX_add0_chain_cert(context, next.get()) != 1)
            return refused("A certificate after the first in the TLS certificate file cannot be used.");
        static_cast<void>(next.release());  // the context owns it now
    }
    ERR_clear_error();  // the end of the file
    return {};
}

Status addKey(SSL_CTX *context, std::string_view privateKey)
{
    const BioPtr reader = readerOf(privateKey);
    const KeyPtr key(PEM_read_bio_PrivateKey(reader.get(), nullptr, noPassword, nullptr));
    if (!key)
        return refused("The TLS key cannot be read: it must be a PEM file without a password.");
    if (SSL_CTX_use_PrivateKey(context, key.get()) != 1)
        return refused("The TLS key does not belong to the certificate.");
    return {};
}

Result<ContextPtr> newContext(const SSL_METHOD *method)
{
    ContextPtr context(SSL_CTX_new(method));
    if (!context)
        return failure(Error::Internal, "OpenSSL cannot make a TLS context.");
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    // A connection that ends without close_notify is an end like any other: HTTP's own framing tells what is
    // missing.
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                           SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                        SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_alpn_select_cb(context.get(), chooseHttp1, nullptr);
    return context;
}

// Cheapest first: both sides are nodes.
constexpr const char *kNodeCiphers =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
constexpr std::string_view kNodeSessions = "maxiofs-node";
// Several records in one system call.
constexpr std::size_t kNodeReadBuffer = std::size_t(64) * 1024;
constexpr int kAskCertificate = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;

int acceptAnyCertificate(X509_STORE_CTX *, void *)
{
    return 1;
}

/// Whether the ClientHello names kNodeServerName (RFC 6066 section 3).
bool callsByNodeName(SSL *tls)
{
    constexpr std::size_t kHeader = 5;  // list's size, type, name's size
    const unsigned char *extension = nullptr;
    std::size_t size = 0;
    if (SSL_client_hello_get0_ext(tls, TLSEXT_TYPE_server_name, &extension, &size) != 1 || size < kHeader ||
        extension[2] != TLSEXT_NAMETYPE_host_name)
        return false;
    const std::size_t nameSize = std::size_t(extension[3]) << 8 | extension[4];
    const std::string_view name(reinterpret_cast<const char *>(extension + kHeader), size - kHeader);
    return name.size() == nameSize && nameSize == kNodeServerName.size() &&
           OPENSSL_strncasecmp(name.data(), kNodeServerName.data(), nameSize) == 0;
}

// What belongs to the connection and not to its context does not change with SSL_set_SSL_CTX.
int chooseContext(SSL *tls, int *alert, void *nodes)
{
    if (!callsByNodeName(tls))
        return SSL_CLIENT_HELLO_SUCCESS;
    if (SSL_set_SSL_CTX(tls, static_cast<SSL_CTX *>(nodes)) == nullptr ||
        SSL_set_min_proto_version(tls, TLS1_3_VERSION) != 1 || SSL_set_num_tickets(tls, 0) != 1 ||
        SSL_set_ciphersuites(tls, kNodeCiphers) != 1 ||
        SSL_set_session_id_context(tls, reinterpret_cast<const unsigned char *>(kNodeSessions.data()),
                                   static_cast<unsigned>(kNodeSessions.size())) != 1) {
        *alert = SSL_AD_INTERNAL_ERROR;
        return SSL_CLIENT_HELLO_ERROR;
    }
    SSL_set_options(tls, SSL_OP_NO_TICKET);
    SSL_set_verify(tls, kAskCertificate, nullptr);
    SSL_set_read_ahead(tls, 1);
    SSL_set_default_read_buffer_len(tls, kNodeReadBuffer);
    return SSL_CLIENT_HELLO_SUCCESS;
}

}  // namespace

Result<std::shared_ptr<const TlsContext>> TlsContext::fromPem(std::string_view certificateChain,
                                                              std::string_view privateKey,
                                                              std::shared_ptr<const TlsContext> nodes)
{
    TRY_ASSIGN(ContextPtr context, newContext(TLS_server_method()));
    TRY_STATUS(addChain(context.get(), certificateChain));
    TRY_STATUS(addKey(context.get(), privateKey));
    if (nodes)
        SSL_CTX_set_client_hello_cb(context.get(), chooseContext, nodes->native());
    return std::shared_ptr<const TlsContext>(new TlsContext(context.release(), std::move(nodes)));
}

Result<std::shared_ptr<const TlsContext>> TlsContext::forNodes(std::string_view certificate,
                                                               std::string_view privateKey)
{
    TRY_ASSIGN(ContextPtr context, newContext(TLS_method()));
    TRY_STATUS(addChain(context.get(), certificate));
    TRY_STATUS(addKey(context.get(), privateKey));
    SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION);
    SSL_CTX_clear_options(context.get(), SSL_OP_IGNORE_UNEXPECTED_EOF);  // not all answers tell their length
    if (SSL_CTX_set_ciphersuites(context.get(), kNodeCiphers) != 1)
        return failure(Error::Internal, "OpenSSL has no ciphers for TLS between nodes.");
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(context.get(), 0);
    SSL_CTX_set_verify(context.get(), kAskCertificate, nullptr);
    SSL_CTX_set_cert_verify_callback(context.get(), acceptAnyCertificate, nullptr);
    SSL_CTX_set_read_ahead(context.get(), 1);
    SSL_CTX_set_default_read_buffer_len(context.get(), kNodeReadBuffer);
    return std::shared_ptr<const TlsContext>(new TlsContext(context.release(), nullptr));
}

TlsContext::~TlsContext()
{
    SSL_CTX_free(m_context);
}

void TlsSource::set(std::shared_ptr<const TlsContext> context)
{
    const base::MutexLock lock(m_mutex);
    m_context.swap(context);
}

std::shared_ptr<const TlsContext> TlsSource::get() const
{
    const base::MutexLock lock(m_mutex);
    return m_context;
}

}  // namespace maxiofs::net
