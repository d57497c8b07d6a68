// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/certificate_facts.h"
#include "core/problem.h"

#include <QObject>
#include <QSslCertificate>
#include <QSslError>

#include <optional>

class QNetworkAccessManager;
class QNetworkReply;

namespace maxiofs::api {

// Decides for one connection which server certificate is trusted: the pinned one, or, while nothing is
// pinned, one that the system vouches for. Any other ends the request before a byte of it is sent, and the
// person is asked. Errors are never ignored as a whole: only those reported for the pinned certificate are.
class CertificateGuard : public QObject {
    Q_OBJECT
public:
    CertificateGuard(QNetworkAccessManager &network, QObject *parent);

    /// 64 lower-case hex; empty: none.
    void setPinned(const QString &fingerprint);
    [[nodiscard]] const QString &pinned() const { return m_pinned; }
    /// The certificate last seen, trusted or not.
    [[nodiscard]] const std::optional<core::CertificateFacts> &seen() const { return m_seen; }
    /// Why the certificate last seen was refused; empty where it was not.
    [[nodiscard]] const std::optional<core::Problem> &refusal() const { return m_refusal; }

    [[nodiscard]] static QString fingerprintOf(const QSslCertificate &certificate);
    [[nodiscard]] static core::CertificateFacts factsOf(const QSslCertificate &certificate,
                                                        const QString &host, const QList<QSslError> &errors);

private:
    void onSslErrors(QNetworkReply *reply, const QList<QSslError> &errors);
    void onEncrypted(QNetworkReply *reply);
    void refuse(const core::CertificateFacts &facts);

    QString m_pinned;
    std::optional<core::CertificateFacts> m_seen;
    std::optional<core::Problem> m_refusal;
};

}  // namespace maxiofs::api
