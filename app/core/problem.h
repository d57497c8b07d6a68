// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QString>
#include <QStringList>

namespace maxiofs::core {

// Why something did not work, in words for a person and in a form that the program can act on.
struct Problem {
    enum class Kind {
        HostNotFound,        // the name has no address
        ConnectionRefused,   // nothing listens at the port
        TimedOut,            // no answer in time
        ConnectionLost,      // the connection ended, or the network is down
        TlsFailed,           // no common protocol, or not TLS at all
        CertificateUnknown,  // nothing vouches for it yet: a person decides
        CertificateChanged,  // another one than the trusted one
        Unauthorized,        // wrong or ended credentials (401)
        Forbidden,           // a right is missing (403)
        NotFound,            // 404
        Rejected,            // another 4xx: the request was wrong
        ServerFault,         // 5xx
        Malformed,           // the answer is not what the console API promises
        Cancelled,           // by this program
        Local,               // a file or key store of this computer
    };

    Kind kind = Kind::ConnectionLost;
    QString summary = {};    // one sentence: what happened, to what
    QString detail = {};     // further facts, for "Copy details"
    QString code = {};       // the API's code, such as NoSuchNode
    QString requestId = {};  // of the request that failed; the node's log has it too
    int httpStatus = 0;
    QJsonObject facts = {};  // the API's details: what the code is about, for the program

    /// The texts of a list among the facts, such as "buckets".
    [[nodiscard]] QStringList listed(QLatin1StringView name) const;
    [[nodiscard]] bool is(QLatin1StringView apiCode) const { return code == apiCode; }

    /// True where the node was not reached or did not answer, so that trying again may help.
    [[nodiscard]] bool isConnectionLoss() const { return kind <= Kind::TlsFailed; }
    /// True where the connection itself tells of it: a loss, an ended session, an end of its own making.
    [[nodiscard]] bool isOfConnection() const
    {
        return isConnectionLoss() || kind == Kind::Unauthorized || kind == Kind::Cancelled;
    }
    [[nodiscard]] bool needsTrustDecision() const
    {
        return kind == Kind::CertificateUnknown || kind == Kind::CertificateChanged;
    }
};

}  // namespace maxiofs::core
