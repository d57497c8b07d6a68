// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/sign_in_dialog.h"

#include "theme/typography.h"
#include "widgets/dialog_frame.h"
#include "widgets/password_field.h"
#include "widgets/push_button.h"
#include "widgets/text_label.h"

#include <QCheckBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QVBoxLayout>

namespace maxiofs::pages {

using namespace Qt::StringLiterals;
using theme::Typography;
using widgets::PushButton;
using widgets::TextLabel;

SignInDialog::SignInDialog(const core::Profile &profile, const QString &why, const QString &keepingPlace,
                           QWidget *parent)
    : QDialog(parent),
      m_user(new QLineEdit(profile.user)),
      m_password(new QLineEdit),
      m_keep(new QCheckBox(keepingPlace)),
      m_accept(new PushButton(tr("Sign in"), PushButton::Kind::Primary))
{
    constexpr int kWidth = 420;
    setObjectName(u"signInDialog"_s);
    setWindowTitle(tr("Sign in to %1").arg(profile.name));
    const widgets::DialogFrame frame(this);
    frame.column->addWidget(new TextLabel(windowTitle(), Typography::Role::Title));
    frame.column->addWidget(
        new TextLabel(profile.address.toString(), Typography::Role::Cell, TextLabel::Tone::Muted));
    if (!why.isEmpty()) {
        auto *reason = new TextLabel(why, Typography::Role::Cell, TextLabel::Tone::Warn);
        reason->setWordWrap(true);
        frame.column->addWidget(reason);
    }
    auto *grid = new QGridLayout;
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(8);
    m_user->setObjectName(u"signInUser"_s);
    m_user->setAccessibleName(tr("User"));
    m_password->setObjectName(u"signInPassword"_s);
    m_password->setAccessibleName(tr("Password"));
    widgets::makePasswordField(m_password);
    m_keep->setObjectName(u"signInKeep"_s);
    m_keep->setChecked(profile.keepPassword);
    grid->addWidget(new TextLabel(tr("User"), Typography::Role::Cell, TextLabel::Tone::Muted), 0, 0);
    grid->addWidget(m_user, 0, 1);
    grid->addWidget(new TextLabel(tr("Password"), Typography::Role::Cell, TextLabel::Tone::Muted), 1, 0);
    grid->addWidget(m_password, 1, 1);
    grid->addWidget(m_keep, 2, 1);
    frame.column->addLayout(grid);

    frame.footer->addStretch();
    auto *cancel = new PushButton(tr("Cancel"));
    cancel->setObjectName(u"signInCancel"_s);
    frame.footer->addWidget(cancel);
    m_accept->setObjectName(u"signInAccept"_s);
    m_accept->setDefault(true);
    m_accept->setEnabled(false);
    frame.footer->addWidget(m_accept);
    setFixedWidth(kWidth);

    const auto check = [this] {
        m_accept->setEnabled(!m_user->text().isEmpty() && !m_password->text().isEmpty());
    };
    connect(m_user, &QLineEdit::textChanged, this, check);
    connect(m_password, &QLineEdit::textChanged, this, check);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_accept, &QPushButton::clicked, this, &QDialog::accept);
    m_password->setFocus();
}

QString SignInDialog::user() const
{
    return m_user->text().trimmed();
}

QString SignInDialog::password() const
{
    return m_password->text();
}

bool SignInDialog::keepPassword() const
{
    return m_keep->isChecked();
}

}  // namespace maxiofs::pages
