// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProcess>
#include <QTemporaryDir>
#include <QUrl>

namespace maxiofs::test {

// The node server itself as a child process on loopback, with ports of its own that it keeps over restarts.
class RealNode {
public:
    RealNode() = default;
    ~RealNode();

    /// Waits until it serves; false with `why` where it does not.
    bool start();
    /// kill -9, as a crash.
    void kill();
    [[nodiscard]] QUrl console() const;
    [[nodiscard]] QUrl s3() const;
    /// SHA-256 of the certificate that clients see, 64 lower-case hexadecimal digits.
    [[nodiscard]] QString fingerprint() const;
    [[nodiscard]] QString log() const { return QString::fromUtf8(m_log); }
    [[nodiscard]] static QString password() { return QStringLiteral("gui-test-Password-1"); }

private:
    [[nodiscard]] int portAfter(const QByteArray &words) const;

    QTemporaryDir m_folder;
    QProcess m_process;
    QByteArray m_log;
    int m_s3Port = 0;
    int m_consolePort = 0;
};

}  // namespace maxiofs::test
