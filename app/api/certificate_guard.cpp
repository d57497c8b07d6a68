// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/certificate_guard.h"

#include <QCryptographicHash>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QSslConfiguration>
#include <QSslKey>

namespace maxiofs::api {

using namespace Qt::StringLiterals;
using core::CertificateFacts;
using core::Problem;

CertificateGuard::CertificateGuard(QNetworkAccessManager &network, QObject *parent) : QObject(parent)
{
    connect(&network, &QNetworkAccessManager::sslErrors, this, &CertificateGuard::onSslErrors);
    connect(&network, &QNetworkAccessManager::encrypted, this, &CertificateGuard::onEncrypted);
}

QString CertificateGuard::fingerprintOf(const QSslCertificate &certificate)
{
    return QString::fromLatin1(certificate.digest(QCryptographicHash::Sha256).toHex());
}

CertificateFacts CertificateGuard::factsOf(const QSslCertificate &certificate, const QString &host,
                                           const QList<QSslError> &errors)
{
    const auto algorithm = [](QSsl::KeyAlgorithm name) {
        switch (name) {
        case QSsl::Rsa: return u"RSA"_s;
        case QSsl::Dsa: return u"DSA"_s;
        case QSsl::Ec: return u"ECDSA"_s;
        default: return QString();
        }
    };
    // OpenSSL calls only those self-signed that may sign others, which a server's own need not.
    const bool selfSigned =
        certificate.isSelfSigned() ||
        (certificate.issuerDisplayName() == certificate.subjectDisplayName() && !certificate.isNull());
    const QSslKey key = certificate.publicKey();
    QString keyText;
    if (!key.isNull() && !algorithm(key.algorithm()).isEmpty())
        keyText = tr("%1, %2 bits", "a key's algorithm and length")
                      .arg(algorithm(key.algorithm()))
                      .arg(key.length());
    return {.host = host,
            .fingerprint = fingerprintOf(certificate),
            .issuedTo = certificate.subjectDisplayName(),
            .issuedBy = selfSigned ? tr("itself") : certificate.issuerDisplayName(),
            .selfSigned = selfSigned,
            .validFrom = certificate.effectiveDate(),
            .validUntil = certificate.expiryDate(),
            .key = keyText,
            .objection = errors.isEmpty() ? QString() : errors.first().errorString()};
}

void CertificateGuard::setPinned(const QString &fingerprint)
{
    m_pinned = fingerprint;
    m_refusal.reset();
}

void CertificateGuard::onSslErrors(QNetworkReply *reply, const QList<QSslError> &errors)
{
    const QSslCertificate certificate = reply->sslConfiguration().peerCertificate();
    if (certificate.isNull())
        return;  // not about a certificate: the handshake fails with its own words
    const CertificateFacts facts = factsOf(certificate, reply->url().host(), errors);
    m_seen = facts;
    if (!m_pinned.isEmpty() && facts.fingerprint == m_pinned) {
        m_refusal.reset();
        reply->ignoreSslErrors(errors);
        return;
    }
    refuse(facts);  // errors that are not ignored end the request
}

void CertificateGuard::onEncrypted(QNetworkReply *reply)
{
    const QSslCertificate certificate = reply->sslConfiguration().peerCertificate();
    CertificateFacts facts = factsOf(certificate, reply->url().host(), {});
    if (!m_pinned.isEmpty() && facts.fingerprint != m_pinned) {
        refuse(facts);
        reply->abort();
        return;
    }
    m_seen = facts;
    m_refusal.reset();
}

void CertificateGuard::refuse(const CertificateFacts &facts)
{
    const bool changed = !m_pinned.isEmpty();
    m_seen = facts;
    m_refusal =
        Problem{.kind = changed ? Problem::Kind::CertificateChanged : Problem::Kind::CertificateUnknown,
                .summary = changed ? tr("%1 shows another certificate than the trusted one.").arg(facts.host)
                                   : tr("Nothing vouches for the certificate of %1 yet.").arg(facts.host),
                .detail = tr("SHA-256 %1\n%2").arg(facts.fingerprint, facts.objection)};
}

}  // namespace maxiofs::api
