// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/connection_form.h"

#include "theme/typography.h"
#include "widgets/check_list.h"
#include "widgets/password_field.h"
#include "widgets/push_button.h"
#include "widgets/tag_combo.h"
#include "widgets/text_label.h"

#include <QCheckBox>
#include <QClipboard>
#include <QGridLayout>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QStyle>
#include <QUuid>
#include <QVBoxLayout>

#include <algorithm>

namespace maxiofs::pages {

using namespace Qt::StringLiterals;
using api::ConnectionCheck;
using theme::Typography;
using widgets::PushButton;
using widgets::TextLabel;

ConnectionForm::ConnectionForm(QWidget *parent)
    : widgets::Panel(tr("Connect to a cluster"), parent),
      m_address(new QLineEdit),
      m_user(new QLineEdit),
      m_password(new QLineEdit),
      m_name(new QLineEdit),
      m_tag(new widgets::TagCombo),
      m_keep(new QCheckBox(tr("Keep the password"))),
      m_addressProblem(new TextLabel(Typography::Role::Caption, TextLabel::Tone::Bad)),
      m_steps(new widgets::CheckList),
      m_curl(new PushButton(tr("Copy as curl"), PushButton::Kind::Link)),
      m_test(new PushButton(tr("Test"))),
      m_connect(new PushButton(tr("Connect"), PushButton::Kind::Primary))
{
    auto *fields = new QWidget;
    buildFields(fields);
    auto *row = new QHBoxLayout;
    row->setContentsMargins(12, 2, 12, 10);
    row->setSpacing(12);
    row->addWidget(fields, 3);
    auto *line = new QFrame;
    line->setObjectName(u"separator"_s);
    line->setFixedWidth(1);
    row->addWidget(line);
    auto *tests = new QVBoxLayout;
    tests->setSpacing(6);
    tests->addSpacing(4);
    auto *title =
        new TextLabel(tr("Connection test"), Typography::Role::CellStrong, TextLabel::Tone::Secondary);
    tests->addWidget(title);
    m_steps->setObjectName(u"connectionTest"_s);
    m_steps->setAccessibleName(tr("Connection test"));
    tests->addWidget(m_steps);
    tests->addStretch();
    row->addLayout(tests, 2);
    body()->addLayout(row);

    auto *footer = new QFrame;
    footer->setObjectName(u"panelFooter"_s);
    footer->setFixedHeight(Typography::scaled(44));
    auto *buttons = new QHBoxLayout(footer);
    buttons->setContentsMargins(10, 0, 12, 0);
    buttons->setSpacing(8);
    m_curl->setObjectName(u"copyAsCurl"_s);
    m_curl->setThemeIcon(u"terminal"_s);
    m_curl->setToolTip(tr("Copy a command that signs in; it asks for the password itself"));
    m_test->setObjectName(u"testConnection"_s);
    m_test->setThemeIcon(u"plug"_s);
    m_connect->setObjectName(u"connectButton"_s);
    buttons->addWidget(m_curl);
    buttons->addStretch();
    buttons->addWidget(m_test);
    buttons->addWidget(m_connect);
    body()->addWidget(footer);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);

    connect(m_curl, &QPushButton::clicked, this, &ConnectionForm::copyAsCurl);
    connect(m_test, &QPushButton::clicked, this, &ConnectionForm::beginCheck);
    connect(m_connect, &QPushButton::clicked, this, &ConnectionForm::submit);
    for (QLineEdit *field : {m_address, m_user, m_password, m_name}) {
        connect(field, &QLineEdit::textChanged, this, &ConnectionForm::onEdited);
        connect(field, &QLineEdit::returnPressed, this, &ConnectionForm::submit);
    }
    connect(m_address, &QLineEdit::textEdited, this, [this] { m_fingerprint.clear(); });
    connect(&m_check, &ConnectionCheck::changed, this, &ConnectionForm::showCheck);
    connect(&m_check, &ConnectionCheck::finished, this, [this] {
        if (m_check.needsTrust() && m_check.certificate())
            Q_EMIT trustRequested(*m_check.certificate(), m_fingerprint);
    });
    clear();
    showCheck();
}

void ConnectionForm::buildFields(QWidget *into)
{
    auto *grid = new QGridLayout(into);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(7);
    grid->setColumnMinimumWidth(0, Typography::scaled(72));
    grid->setColumnStretch(1, 1);
    const auto label = [](const QString &text, QWidget *field) {
        auto *made = new TextLabel(text, Typography::Role::Cell, TextLabel::Tone::Muted);
        made->setBuddy(field);
        field->setAccessibleName(text);
        return made;
    };
    m_address->setObjectName(u"address"_s);
    m_address->setPlaceholderText(u"https://storage.example.org:8081"_s);
    m_user->setObjectName(u"user"_s);
    m_password->setObjectName(u"password"_s);
    widgets::makePasswordField(m_password);
    m_name->setObjectName(u"name"_s);
    m_tag->setObjectName(u"tag"_s);
    m_tag->setAccessibleName(tr("Tag"));
    m_tag->setFixedWidth(Typography::scaled(92));
    m_keep->setObjectName(u"keepPassword"_s);
    m_addressProblem->setObjectName(u"addressProblem"_s);

    grid->addWidget(label(tr("Address"), m_address), 0, 0);
    grid->addWidget(m_address, 0, 1, 1, 2);
    grid->addWidget(m_addressProblem, 1, 1, 1, 2);
    grid->addWidget(label(tr("User"), m_user), 2, 0);
    grid->addWidget(m_user, 2, 1, 1, 2);
    grid->addWidget(label(tr("Password"), m_password), 3, 0);
    grid->addWidget(m_password, 3, 1, 1, 2);
    grid->addWidget(label(tr("Name"), m_name), 4, 0);
    grid->addWidget(m_name, 4, 1);
    grid->addWidget(m_tag, 4, 2);
    m_keep->setMinimumHeight(Typography::scaled(26));
    grid->addWidget(m_keep, 5, 1, 1, 2);
    grid->setRowStretch(6, 1);
}

void ConnectionForm::setKeepingPlace(const QString &name, bool lasting)
{
    m_keep->setText(lasting ? tr("Keep the password in %1", "a key store").arg(name)
                            : tr("Keep the password in an encrypted file…"));
}

void ConnectionForm::edit(const core::Profile &profile)
{
    m_base = profile;
    m_fingerprint = profile.fingerprint;
    m_address->setText(profile.address.toString());
    m_user->setText(profile.user);
    m_password->clear();
    m_name->setText(profile.name);
    m_tag->setCurrentIndex(std::max(0, m_tag->findData(profile.tag)));
    m_keep->setChecked(profile.keepPassword);
    m_check.cancel();
    onEdited();
}

void ConnectionForm::clear()
{
    core::Profile fresh;
    fresh.id = QUuid::createUuid().toString(QUuid::WithoutBraces);
    fresh.user = u"admin"_s;
    edit(fresh);
}

void ConnectionForm::focusAddress()
{
    m_address->setFocus();
    m_address->selectAll();
}

core::Profile ConnectionForm::profile() const
{
    core::Profile made = m_base;
    made.address = core::consoleAddress(m_address->text());
    made.user = m_user->text().trimmed();
    made.name = m_name->text().trimmed().isEmpty() ? made.address.host() : m_name->text().trimmed();
    made.tag = m_tag->currentData().toString();
    made.keepPassword = m_keep->isChecked();
    made.fingerprint = m_fingerprint;
    return made;
}

void ConnectionForm::onEdited()
{
    const core::Profile made = profile();
    const bool wrong = !m_address->text().trimmed().isEmpty() && !made.address.isValid();
    m_addressProblem->setFullText(wrong ? tr("Write it as https://host:8081.") : QString());
    m_addressProblem->setVisible(wrong);
    if (m_address->property("problem").toBool() != wrong) {
        m_address->setProperty("problem", wrong);
        m_address->style()->unpolish(m_address);
        m_address->style()->polish(m_address);
    }
    m_name->setPlaceholderText(made.address.isValid() ? made.address.host() : QString());
    m_test->setEnabled(made.address.isValid());
    m_curl->setEnabled(made.address.isValid() && !made.user.isEmpty());
    const bool complete = made.address.isValid() && !made.user.isEmpty() && !m_password->text().isEmpty();
    m_connect->setEnabled(complete);
    m_connect->setToolTip(complete ? QString() : tr("Enter address, user and password."));
}

void ConnectionForm::beginCheck()
{
    const core::Profile made = profile();
    m_test->setText(tr("Test again"));
    m_check.begin({.address = made.address,
                   .user = made.user,
                   .password = m_password->text(),
                   .fingerprint = made.fingerprint});
}

void ConnectionForm::trust(const QString &fingerprint)
{
    m_fingerprint = fingerprint;
    beginCheck();
}

void ConnectionForm::showCheck()
{
    const auto statusOf = [](ConnectionCheck::Outcome outcome) {
        switch (outcome) {
        case ConnectionCheck::Outcome::Waiting: return theme::Status::Pending;
        case ConnectionCheck::Outcome::Running: return theme::Status::Running;
        case ConnectionCheck::Outcome::Passed: return theme::Status::Ok;
        case ConnectionCheck::Outcome::Warned: return theme::Status::Warn;
        case ConnectionCheck::Outcome::Failed: return theme::Status::Bad;
        case ConnectionCheck::Outcome::Skipped: return theme::Status::Unknown;
        }
        return theme::Status::Unknown;
    };
    QList<widgets::CheckList::Line> lines;
    for (const ConnectionCheck::Finding &finding : m_check.findings())
        lines.append({finding.name, statusOf(finding.outcome), finding.text, finding.milliseconds});
    m_steps->setLines(lines);
}

void ConnectionForm::submit()
{
    if (!m_connect->isEnabled())
        return;
    const core::Profile made = profile();
    const QString password = m_password->text();
    m_password->clear();
    m_check.cancel();
    Q_EMIT connectRequested(made, password);
}

void ConnectionForm::copyAsCurl()
{
    const core::Profile made = profile();
    const auto quoted = [](QString text) { return u'\'' + text.replace(u'\'', u"'\\''"_s) + u'\''; };
    // The password is read by the shell, so that it stands neither in the command nor in its history.
    QGuiApplication::clipboard()->setText(
        u"read -rsp 'Password: ' P && jq -n --arg u %1 --arg p \"$P\" '{username:$u,password:$p}' | "
        "curl -sS -H 'Content-Type: application/json' --data-binary @- %2"_s.arg(
            quoted(made.user), quoted(made.address.toString() + u"/api/v1/auth/login"_s)));
}

}  // namespace maxiofs::pages
