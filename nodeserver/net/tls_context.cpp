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

}  // namespace

Result<std::shared_ptr<const TlsContext>> TlsContext::fromPem(std::string_view certificateChain,
                                                              std::string_view privateKey)
{
    ContextPtr context(SSL_CTX_new(TLS_server_method()));
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
    TRY_STATUS(addChain(context.get(), certificateChain));

    const BioPtr reader = readerOf(privateKey);
    const KeyPtr key(PEM_read_bio_PrivateKey(reader.get(), nullptr, noPassword, nullptr));
    if (!key)
        return refused("The TLS key cannot be read: it must be a PEM file without a password.");
    if (SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1)
        return refused("The TLS key does not belong to the certificate.");
    return std::shared_ptr<const TlsContext>(new TlsContext(context.release()));
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
