// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/session_flow.h"

#include "pages/sign_in_dialog.h"
#include "widgets/passphrase_dialog.h"
#include "widgets/trust_prompt.h"

#include <utility>

namespace maxiofs::pages {

using State = core::ConnectionState::State;

SessionFlow::SessionFlow(const Services &services, QWidget &window)
    : QObject(&window),
      m_services(services),
      m_window(window)
{
}

bool SessionFlow::show(QDialog *dialog)
{
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    if (m_dialog && m_dialog->isVisible()) {
        m_waiting = true;
        delete dialog;
        return false;
    }
    m_dialog = dialog;
    // What could not be asked meanwhile is asked now, if it still matters.
    connect(
        dialog, &QDialog::finished, this,
        [this] {
            if (std::exchange(m_waiting, false) && m_visible && !(m_dialog && m_dialog->isVisible()))
                decide(*m_visible);
        },
        Qt::QueuedConnection);
    dialog->open();
    return true;
}

void SessionFlow::watch(Workspace &workspace)
{
    connect(&workspace.connection(), &api::Connection::trustDecisionNeeded, this, [this, &workspace] {
        if (m_visible == &workspace)
            decide(workspace);
    });
    connect(&workspace.connection(), &api::Connection::credentialsNeeded, this,
            [this, &workspace](const core::Problem &problem) {
                if (m_visible == &workspace)
                    askPassword(workspace, problem.summary);
            });
}

void SessionFlow::open(Workspace &workspace)
{
    api::Connection &connection = workspace.connection();
    if (connection.hasPassword() || connection.isConnected()) {
        connection.open();
        return;
    }
    if (!workspace.profile().keepPassword) {
        askPassword(workspace, {});
        return;
    }
    // Kept in the vault that was made before: it must be opened first.
    if (m_services.keeper.offersVault() && m_services.keeper.vaultExists()) {
        askVault([this, open = QPointer(&workspace)] {
            if (open)
                readAndOpen(*open);
        });
        return;
    }
    readAndOpen(workspace);
}

void SessionFlow::readAndOpen(Workspace &workspace)
{
    m_services.keeper.store().read(workspace.profile().secretKey(),
                                   [this, open = QPointer(&workspace)](
                                       const std::expected<std::optional<QString>, core::Problem> &secret) {
                                       if (!open)
                                           return;
                                       if (!secret)
                                           Q_EMIT failed(secret.error());
                                       if (secret && *secret) {
                                           open->connection().setPassword(**secret);
                                           open->connection().open();
                                       } else {
                                           askPassword(*open, {});
                                       }
                                   });
}

void SessionFlow::openWith(Workspace &workspace, const QString &password)
{
    workspace.connection().setPassword(password);
    const core::Profile profile = workspace.profile();
    if (workspace.isSaved() && profile.keepPassword) {
        if (m_services.keeper.offersVault())
            askVault([this, profile, password] { keep(profile, password); });
        else
            keep(profile, password);
    }
    workspace.connection().open();
}

void SessionFlow::keep(const core::Profile &profile, const QString &password)
{
    m_services.keeper.store().write(profile.secretKey(), password,
                                    [this](const std::expected<void, core::Problem> &written) {
                                        if (!written)
                                            Q_EMIT failed(written.error());
                                    });
}

void SessionFlow::forget(const core::Profile &profile)
{
    if (!profile.keepPassword)
        return;
    m_services.keeper.store().remove(profile.secretKey(),
                                     [this](const std::expected<void, core::Problem> &removed) {
                                         if (!removed)
                                             Q_EMIT failed(removed.error());
                                     });
}

void SessionFlow::decide(Workspace &workspace)
{
    const core::ConnectionState &state = workspace.connection().state();
    if (state.state() == State::SignedOut) {
        open(workspace);
        return;
    }
    if (state.state() == State::AskingForCredentials) {
        askPassword(workspace, state.problem() ? state.problem()->summary : QString());
        return;
    }
    const auto &seen = workspace.connection().certificate();
    if (!state.problem() || !state.problem()->needsTrustDecision() || !seen)
        return;
    askTrust(*seen, workspace.profile().fingerprint,
             [this, open = QPointer(&workspace), fingerprint = seen->fingerprint] {
                 if (!open)
                     return;
                 open->connection().trust(fingerprint);
                 Q_EMIT profileChanged(open->profile());
             });
}

void SessionFlow::askTrust(const core::CertificateFacts &facts, const QString &before,
                           std::function<void()> trusted)
{
    auto *prompt = new widgets::TrustPrompt(facts, before, &m_window);
    connect(prompt, &QDialog::accepted, this, [this, trusted = std::move(trusted)] {
        m_dialog = nullptr;  // what follows may ask again
        trusted();
    });
    show(prompt);
}

void SessionFlow::askPassword(Workspace &workspace, const QString &why)
{
    const QString place =
        m_services.keeper.offersVault()
            ? tr("Keep the password in an encrypted file…")
            : tr("Keep the password in %1", "a key store").arg(m_services.keeper.store().name());
    auto *dialog = new SignInDialog(workspace.profile(), why, place, &m_window);
    connect(dialog, &QDialog::accepted, this, [this, dialog, open = QPointer(&workspace)] {
        m_dialog = nullptr;
        if (!open)
            return;
        core::Profile profile = open->profile();
        profile.user = dialog->user();
        profile.keepPassword = dialog->keepPassword();
        open->connection().setProfile(profile);
        Q_EMIT profileChanged(profile);
        openWith(*open, dialog->password());
    });
    show(dialog);
}

void SessionFlow::askVault(std::function<void()> done)
{
    const bool isNew = !m_services.keeper.vaultExists();
    auto *dialog = new widgets::PassphraseDialog(
        isNew,
        [this](const QString &passphrase) {
            const auto opened = m_services.keeper.unlockVault(passphrase);
            return opened ? QString() : opened.error().summary;
        },
        &m_window);
    connect(dialog, &QDialog::finished, this, [this, done = std::move(done)] {
        m_dialog = nullptr;  // what follows may ask again
        done();
    });
    show(dialog);
}

}  // namespace maxiofs::pages
