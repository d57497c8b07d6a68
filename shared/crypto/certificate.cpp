// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/certificate.h"

#include "base/hex.h"
#include "base/id.h"
#include "crypto/digest.h"
#include "crypto/openssl.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <ctime>
#include <memory>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace maxiofs::crypto {

using detail::FreeWith;
using detail::require;

namespace {

using X509Ptr = std::unique_ptr<X509, FreeWith<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using BioPtr = std::unique_ptr<BIO, FreeWith<BIO_free_all>>;
using NamesPtr = std::unique_ptr<GENERAL_NAMES, FreeWith<GENERAL_NAMES_free>>;

constexpr std::size_t kLongestCommonName = 64;  // ub-common-name of RFC 5280
constexpr std::size_t kLongestName = 253;
constexpr unsigned kMostDays = 36'500;
constexpr std::size_t kLargestText = 1U << 20;
constexpr std::int64_t kMsPerSecond = 1000;

ASN1_OCTET_STRING *addressOf(const std::string &name)
{
    return a2i_IPADDRESS(name.c_str());
}

void addName(GENERAL_NAMES *names, const std::string &name)
{
    GENERAL_NAME *const entry = require(GENERAL_NAME_new(), "make a certificate's name");
    if (ASN1_OCTET_STRING *const address = addressOf(name)) {
        GENERAL_NAME_set0_value(entry, GEN_IPADD, address);
    } else {
        ERR_clear_error();
        ASN1_IA5STRING *const dns = require(ASN1_IA5STRING_new(), "make a certificate's name");
        require(ASN1_STRING_set(dns, name.data(), static_cast<int>(name.size())), "set a certificate's name");
        GENERAL_NAME_set0_value(entry, GEN_DNS, dns);
    }
    require(sk_GENERAL_NAME_push(names, entry) > 0 ? 1 : 0, "add a certificate's name");
}

void addExtension(X509 *certificate, int id, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, FreeWith<X509_EXTENSION_free>> extension(
        require(X509V3_EXT_conf_nid(nullptr, &context, id, value), "make a certificate's extension"));
    require(X509_add_ext(certificate, extension.get(), -1), "add a certificate's extension");
}

void setSerial(X509 *certificate)
{
    std::array<std::byte, 16> serial;
    fillRandom(serial);
    serial[0] &= std::byte{0x7f};  // positive
    serial[0] |= std::byte{0x40};
    const std::unique_ptr<BIGNUM, FreeWith<BN_free>> number(
        require(BN_bin2bn(reinterpret_cast<const unsigned char *>(serial.data()), serial.size(), nullptr),
                "make a serial number"));
    require(BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)), "set a serial number");
}

void setValidity(X509 *certificate, const CertificateRequest &request)
{
    const auto from = static_cast<std::time_t>(request.notBeforeUnixMs / kMsPerSecond);
    require(ASN1_TIME_set(X509_getm_notBefore(certificate), from), "set a certificate's begin");
    require(ASN1_TIME_adj(X509_getm_notAfter(certificate), from, static_cast<int>(request.validDays), 0),
            "set a certificate's end");
}

std::string textOf(BIO *bio)
{
    char *text = nullptr;
    const long length = BIO_get_mem_data(bio, &text);
    return {text, static_cast<std::size_t>(length)};
}

bool isPrintableName(std::string_view name)
{
    return std::ranges::all_of(name, [](unsigned char c) { return c > 0x20 && c < 0x7f; });
}

X509Ptr readCertificate(ByteView pemOrDer)
{
    if (pemOrDer.empty() || pemOrDer.size() > kLargestText)
        return nullptr;
    const BioPtr bio(
        require(BIO_new_mem_buf(pemOrDer.data(), static_cast<int>(pemOrDer.size())), "read memory"));
    X509Ptr certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (!certificate) {
        const auto *at = reinterpret_cast<const unsigned char *>(pemOrDer.data());
        certificate.reset(d2i_X509(nullptr, &at, static_cast<long>(pemOrDer.size())));
    }
    ERR_clear_error();
    return certificate;
}

std::int64_t unixMsOf(const ASN1_TIME *time)
{
    std::tm parts{};
    if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1)
        return 0;
    return static_cast<std::int64_t>(::timegm(&parts)) * kMsPerSecond;
}

std::string addressText(const ASN1_OCTET_STRING *address)
{
    std::array<char, INET6_ADDRSTRLEN> text{};
    const int family = ASN1_STRING_length(address) == 4 ? AF_INET : AF_INET6;
    if (family == AF_INET6 && ASN1_STRING_length(address) != 16)
        return {};
    return ::inet_ntop(family, ASN1_STRING_get0_data(address), text.data(), text.size());
}

std::vector<std::string> alternativeNames(const X509 *certificate)
{
    std::vector<std::string> result;
    const NamesPtr names(
        static_cast<GENERAL_NAMES *>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        int type = 0;
        const void *const value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), i), &type);
        const auto *const string = static_cast<const ASN1_STRING *>(value);
        if (type == GEN_DNS)
            result.emplace_back(reinterpret_cast<const char *>(ASN1_STRING_get0_data(string)),
                                static_cast<std::size_t>(ASN1_STRING_length(string)));
        else if (type == GEN_IPADD)
            result.push_back(addressText(string));
    }
    return result;
}

std::string commonNameOf(const X509 *certificate)
{
    const X509_NAME *const subject = X509_get_subject_name(certificate);
    const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    if (at < 0)
        return {};
    const ASN1_STRING *const value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));
    return {reinterpret_cast<const char *>(ASN1_STRING_get0_data(value)),
            static_cast<std::size_t>(ASN1_STRING_length(value))};
}

}  // namespace

Result<CertificateAndKey> makeSelfSignedCertificate(const CertificateRequest &request)
{
    if (request.commonName.empty() || request.commonName.size() > kLongestCommonName)
        return failure(Error::InvalidArgument, "a certificate's common name has 1 to 64 characters",
                       "common name");
    if (request.notBeforeUnixMs < 0 || request.validDays < 1 || request.validDays > kMostDays)
        return failure(Error::InvalidArgument,
                       "a certificate begins after 1970 and is valid for 1 to 36500 days", "validity");
    for (const std::string &name : request.names) {
        if (name.empty() || name.size() > kLongestName || !isPrintableName(name))
            return failure(Error::InvalidArgument,
                           "a certificate's name has 1 to 253 printable ASCII characters: \"" + name + "\"",
                           name);
    }

    const KeyPtr key(require(EVP_EC_gen("P-256"), "make an ECDSA key"));
    const X509Ptr certificate(require(X509_new(), "make a certificate"));
    require(X509_set_version(certificate.get(), X509_VERSION_3), "set a certificate's version");
    setSerial(certificate.get());
    setValidity(certificate.get(), request);
    require(X509_set_pubkey(certificate.get(), key.get()), "set a certificate's key");
    X509_NAME *const subject = X509_get_subject_name(certificate.get());
    if (X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char *>(request.commonName.data()),
                                   static_cast<int>(request.commonName.size()), -1, 0) != 1) {
        ERR_clear_error();
        return failure(Error::InvalidArgument, "a certificate's common name must be UTF-8", "common name");
    }
    require(X509_set_issuer_name(certificate.get(), subject), "set a certificate's issuer");
    addExtension(certificate.get(), NID_basic_constraints, "critical,CA:FALSE");
    addExtension(certificate.get(), NID_key_usage, "critical,digitalSignature");
    addExtension(certificate.get(), NID_ext_key_usage, "serverAuth,clientAuth");
    addExtension(certificate.get(), NID_subject_key_identifier, "hash");
    if (!request.names.empty()) {
        const NamesPtr names(require(GENERAL_NAMES_new(), "make a certificate's names"));
        for (const std::string &name : request.names)
            addName(names.get(), name);
        require(X509_add1_ext_i2d(certificate.get(), NID_subject_alt_name, names.get(), 0, 0),
                "add a certificate's names");
    }
    require(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0 ? 1 : 0, "sign a certificate");

    const BioPtr certificateText(require(BIO_new(BIO_s_mem()), "make a buffer"));
    require(PEM_write_bio_X509(certificateText.get(), certificate.get()), "write a certificate");
    const BioPtr keyText(require(BIO_new(BIO_s_secmem()), "make a buffer"));
    require(PEM_write_bio_PKCS8PrivateKey(keyText.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr),
            "write a private key");
    return CertificateAndKey{textOf(certificateText.get()), textOf(keyText.get())};
}

Result<CertificateSummary> describeCertificate(ByteView pemOrDer)
{
    const X509Ptr certificate = readCertificate(pemOrDer);
    if (!certificate)
        return failure(Error::InvalidArgument, "there is no PEM or DER certificate in the text",
                       "certificate");
    unsigned char *der = nullptr;
    const int length = i2d_X509(certificate.get(), &der);
    require(length > 0 ? 1 : 0, "encode a certificate");
    const std::unique_ptr<unsigned char, FreeWith<[](void *p) { OPENSSL_free(p); }>> owned(der);

    CertificateSummary summary;
    summary.commonName = commonNameOf(certificate.get());
    summary.names = alternativeNames(certificate.get());
    summary.fingerprint =
        sha256Hex({reinterpret_cast<const std::byte *>(der), static_cast<std::size_t>(length)});
    summary.notBeforeUnixMs = unixMsOf(X509_get0_notBefore(certificate.get()));
    summary.notAfterUnixMs = unixMsOf(X509_get0_notAfter(certificate.get()));
    return summary;
}

}  // namespace maxiofs::crypto
