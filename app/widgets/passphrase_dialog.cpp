// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/passphrase_dialog.h"

#include "theme/typography.h"
#include "widgets/dialog_frame.h"
#include "widgets/push_button.h"
#include "widgets/text_label.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QVBoxLayout>

namespace maxiofs::widgets {

using namespace Qt::StringLiterals;
using theme::Typography;

PassphraseDialog::PassphraseDialog(bool isNew, Unlock unlock, QWidget *parent)
    : QDialog(parent),
      m_isNew(isNew),
      m_unlock(std::move(unlock)),
      m_first(new QLineEdit),
      m_second(new QLineEdit),
      m_problem(new TextLabel(Typography::Role::Cell, TextLabel::Tone::Bad)),
      m_accept(new PushButton(isNew ? tr("Make the vault") : tr("Open the vault"), PushButton::Kind::Primary))
{
    constexpr int kWidth = 460;
    setObjectName(u"passphraseDialog"_s);
    setWindowTitle(isNew ? tr("Keep passwords in an encrypted file") : tr("Open the encrypted file"));
    const DialogFrame frame(this);
    frame.column->addWidget(new TextLabel(windowTitle(), Typography::Role::Title));
    auto *sentence = new TextLabel(
        isNew ? tr("There is no key store on this computer. A passphrase of at least %1 characters seals the "
                   "passwords; nobody can recover it.")
                    .arg(kShortestPassphrase)
              : tr("The passphrase opens the passwords that were kept before."),
        Typography::Role::Cell, TextLabel::Tone::Muted);
    sentence->setWordWrap(true);
    frame.column->addWidget(sentence);
    auto *grid = new QGridLayout;
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(8);
    for (QLineEdit *field : {m_first, m_second})
        field->setEchoMode(QLineEdit::Password);
    m_first->setObjectName(u"passphrase"_s);
    m_first->setAccessibleName(tr("Passphrase"));
    m_second->setObjectName(u"passphraseAgain"_s);
    m_second->setAccessibleName(tr("Passphrase again"));
    grid->addWidget(new TextLabel(tr("Passphrase"), Typography::Role::Cell, TextLabel::Tone::Muted), 0, 0);
    grid->addWidget(m_first, 0, 1);
    if (isNew) {
        grid->addWidget(new TextLabel(tr("Again"), Typography::Role::Cell, TextLabel::Tone::Muted), 1, 0);
        grid->addWidget(m_second, 1, 1);
    } else {
        m_second->setParent(this);
        m_second->hide();
    }
    frame.column->addLayout(grid);
    m_problem->setWordWrap(true);
    m_problem->setObjectName(u"passphraseProblem"_s);
    frame.column->addWidget(m_problem);

    frame.footer->addStretch();
    auto *cancel = new PushButton(tr("Not now"));
    cancel->setObjectName(u"passphraseCancel"_s);
    frame.footer->addWidget(cancel);
    m_accept->setObjectName(u"passphraseAccept"_s);
    m_accept->setDefault(true);
    frame.footer->addWidget(m_accept);
    setFixedWidth(kWidth);

    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_accept, &QPushButton::clicked, this, &PassphraseDialog::attempt);
    connect(m_first, &QLineEdit::textChanged, this, &PassphraseDialog::check);
    connect(m_second, &QLineEdit::textChanged, this, &PassphraseDialog::check);
    check();
}

void PassphraseDialog::check()
{
    m_problem->setFullText(QString());
    const bool longEnough = m_first->text().size() >= kShortestPassphrase;
    m_accept->setEnabled(m_isNew ? longEnough && m_first->text() == m_second->text()
                                 : !m_first->text().isEmpty());
}

void PassphraseDialog::attempt()
{
    const QString wrong = m_unlock(m_first->text());
    if (wrong.isEmpty()) {
        accept();
        return;
    }
    m_first->selectAll();
    m_problem->setFullText(wrong);
}

}  // namespace maxiofs::widgets
