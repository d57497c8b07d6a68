// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/profile.h"

#include <QDialog>

class QCheckBox;
class QLineEdit;

namespace maxiofs::widgets {
class PushButton;
}

namespace maxiofs::pages {

// Asks for the credentials of a connection that is saved already.
class SignInDialog : public QDialog {
    Q_OBJECT
public:
    /// `why` says what was wrong with those it had; empty: nothing.
    SignInDialog(const core::Profile &profile, const QString &why, const QString &keepingPlace,
                 QWidget *parent);

    [[nodiscard]] QString user() const;
    [[nodiscard]] QString password() const;
    [[nodiscard]] bool keepPassword() const;

private:
    QLineEdit *m_user;
    QLineEdit *m_password;
    QCheckBox *m_keep;
    widgets::PushButton *m_accept;
};

}  // namespace maxiofs::pages
