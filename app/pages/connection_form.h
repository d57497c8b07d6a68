// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/connection_check.h"
#include "core/profile.h"
#include "widgets/panel.h"

class QCheckBox;
class QComboBox;
class QLineEdit;

namespace maxiofs::widgets {
class CheckList;
class PushButton;
class TextLabel;
}  // namespace maxiofs::widgets

namespace maxiofs::pages {

// "Connect to a cluster": address, user, password, name and tag, and beside them a test of the connection,
// step by step.
class ConnectionForm : public widgets::Panel {
    Q_OBJECT
public:
    explicit ConnectionForm(QWidget *parent = nullptr);

    /// What the password would be kept in; empty hides the tick.
    void setKeepingPlace(const QString &name, bool lasting);
    /// Fills in a saved connection, to be changed or opened.
    void edit(const core::Profile &profile);
    void clear();
    [[nodiscard]] const api::ConnectionCheck &check() const { return m_check; }
    /// The certificate that the test met is trusted: the test goes on.
    void trust(const QString &fingerprint);
    void focusAddress();

Q_SIGNALS:
    void connectRequested(const core::Profile &profile, const QString &password);
    void trustRequested(const core::CertificateFacts &facts, const QString &before);

private:
    void buildFields(QWidget *into);
    void onEdited();
    void beginCheck();
    void showCheck();
    void submit();
    void copyAsCurl();
    [[nodiscard]] core::Profile profile() const;

    api::ConnectionCheck m_check;
    core::Profile m_base;  // what is edited; a new id for a new one
    QString m_fingerprint;
    QLineEdit *m_address;
    QLineEdit *m_user;
    QLineEdit *m_password;
    QLineEdit *m_name;
    QComboBox *m_tag;
    QCheckBox *m_keep;
    widgets::TextLabel *m_addressProblem;
    widgets::CheckList *m_steps;
    widgets::PushButton *m_curl;
    widgets::PushButton *m_test;
    widgets::PushButton *m_connect;
};

}  // namespace maxiofs::pages
