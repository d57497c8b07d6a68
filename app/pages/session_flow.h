// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pages/services.h"
#include "pages/workspace.h"

#include <QDialog>
#include <QObject>
#include <QPointer>

#include <functional>

namespace maxiofs::pages {

// What a person is asked when a cluster is opened: the password, whether to trust a certificate, the vault's
// passphrase. One dialog at a time; each belongs to the window and blocks nothing else.
class SessionFlow : public QObject {
    Q_OBJECT
public:
    SessionFlow(const Services &services, QWidget &window);

    /// Opens a cluster with the password that is kept, or asks for one.
    void open(Workspace &workspace);
    /// Opens it with this password, and keeps it if the profile says so.
    void openWith(Workspace &workspace, const QString &password);
    /// Asks what this workspace waits for.
    void decide(Workspace &workspace);
    /// Asks about a certificate; `trusted` is called if the person trusts it.
    void askTrust(const core::CertificateFacts &facts, const QString &before, std::function<void()> trusted);
    /// Asks for the vault's passphrase; `done` is called whatever comes of it.
    void askVault(std::function<void()> done);
    /// Questions that arise by themselves are asked for this workspace only.
    void setVisible(Workspace *workspace) { m_visible = workspace; }
    void watch(Workspace &workspace);
    /// Forgets the kept password.
    void forget(const core::Profile &profile);
    [[nodiscard]] QDialog *dialog() const { return m_dialog; }

Q_SIGNALS:
    void profileChanged(const core::Profile &profile);
    void failed(const core::Problem &problem);

private:
    void askPassword(Workspace &workspace, const QString &why);
    void keep(const core::Profile &profile, const QString &password);
    void readAndOpen(Workspace &workspace);
    bool show(QDialog *dialog);

    Services m_services;
    QWidget &m_window;
    QPointer<QDialog> m_dialog;
    QPointer<Workspace> m_visible;
    bool m_waiting = false;  // a question came while another was open
};

}  // namespace maxiofs::pages
