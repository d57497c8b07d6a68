// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QString>

namespace maxiofs::core {

// What a person sees of a server's certificate when asked whether to trust it.
struct CertificateFacts {
    QString host = {};         // that was asked
    QString fingerprint = {};  // SHA-256, 64 lower-case hex
    QString issuedTo = {};
    QString issuedBy = {};
    bool selfSigned = false;
    QDateTime validFrom = {};
    QDateTime validUntil = {};
    QString key = {};        // "ECDSA 256 bit"
    QString objection = {};  // why the system does not trust it; empty where it does
};

}  // namespace maxiofs::core
