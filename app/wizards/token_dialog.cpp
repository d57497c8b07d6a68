// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/token_dialog.h"

#include "theme/typography.h"
#include "widgets/dialog_frame.h"
#include "widgets/push_button.h"
#include "widgets/text_label.h"

#include <QCheckBox>
#include <QClipboard>
#include <QCryptographicHash>
#include <QFontMetrics>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>

namespace maxiofs::wizards {

using namespace Qt::StringLiterals;
using theme::Typography;
using widgets::PushButton;
using widgets::TextLabel;

namespace {

constexpr int kWidth = 566;
constexpr int kFingerprintDigits = 8;
constexpr std::chrono::minutes kInClipboard(1);

QString fingerprintOf(const QString &token)
{
    return QString::fromLatin1(QCryptographicHash::hash(token.toLatin1(), QCryptographicHash::Sha256)
                                   .toHex()
                                   .left(kFingerprintDigits));
}

}  // namespace

TokenDialog::TokenDialog(const QString &title, const QString &token, QWidget *parent)
    : QDialog(parent),
      m_token(new QLineEdit(token)),
      m_kept(new QCheckBox(tr("I have put the token in a safe place"))),
      m_note(new TextLabel(Typography::Role::Cell, TextLabel::Tone::Muted)),
      m_done(new PushButton(tr("Done"), PushButton::Kind::Primary)),
      m_clipboardTimer(new QTimer(this))
{
    setObjectName(u"tokenDialog"_s);
    setWindowTitle(title);
    setAttribute(Qt::WA_DeleteOnClose);
    const widgets::DialogFrame frame(this);
    frame.column->addWidget(new TextLabel(title, Typography::Role::Title));
    auto *sentence = new TextLabel(tr("Whoever has this token can add nodes to the cluster. It is shown now "
                                      "and never again: copy it to where "
                                      "you keep secrets."),
                                   Typography::Role::Cell, TextLabel::Tone::Muted);
    sentence->setWordWrap(true);
    frame.column->addWidget(sentence);

    auto *box = new QFrame;
    box->setObjectName(u"inset"_s);
    auto *inside = new QVBoxLayout(box);
    inside->setContentsMargins(12, 8, 12, 10);
    inside->setSpacing(4);
    auto *head = new QHBoxLayout;
    head->addWidget(new TextLabel(tr("Cluster token, fingerprint %1").arg(fingerprintOf(token)),
                                  Typography::Role::Cell, TextLabel::Tone::Muted));
    head->addStretch();
    auto *copyButton = new PushButton(tr("Copy"), PushButton::Kind::Link);
    copyButton->setObjectName(u"tokenCopy"_s);
    copyButton->setThemeIcon(u"copy"_s);
    copyButton->setAccessibleName(tr("Copy the token"));
    head->addWidget(copyButton);
    inside->addLayout(head);
    m_token->setObjectName(u"tokenText"_s);
    m_token->setAccessibleName(tr("Cluster token"));
    m_token->setReadOnly(true);
    m_token->setFrame(false);
    m_token->setProperty("bare", true);
    m_token->setFont(Typography::font(Typography::Role::Mono));
    m_token->setCursorPosition(0);
    inside->addWidget(m_token);
    frame.column->addWidget(box);
    m_kept->setObjectName(u"tokenKept"_s);
    m_kept->setFont(Typography::font(Typography::Role::Body));
    frame.column->addWidget(m_kept);
    frame.column->addStretch();

    m_note->setObjectName(u"tokenNote"_s);
    m_note->setElided(true);
    m_note->setFullText(tr("A lost token is replaced by rotating it."));
    frame.footer->addWidget(m_note, 1);
    m_done->setObjectName(u"tokenDone"_s);
    m_done->setEnabled(false);
    m_done->setToolTip(tr("Tick the box once you have kept the token."));
    frame.footer->addWidget(m_done);
    const int needed = QFontMetrics(m_token->font()).horizontalAdvance(token) + 2 * (20 + 12) + 24;
    setFixedWidth(std::max(Typography::scaled(kWidth), needed));

    m_clipboardTimer->setObjectName(u"tokenClipboardTimer"_s);
    m_clipboardTimer->setSingleShot(true);
    m_clipboardTimer->setInterval(kInClipboard);
    connect(m_clipboardTimer, &QTimer::timeout, this, &TokenDialog::takeBack);
    // However it got there: the field's own menu and keys copy, too.
    connect(QGuiApplication::clipboard(), &QClipboard::dataChanged, this, [this] {
        if (isInClipboard())
            m_clipboardTimer->start();
    });
    connect(copyButton, &QPushButton::clicked, this, &TokenDialog::copy);
    connect(m_kept, &QCheckBox::toggled, this, [this](bool kept) {
        m_done->setEnabled(kept);
        m_done->setDefault(kept);
        m_done->setToolTip(kept ? QString() : tr("Tick the box once you have kept the token."));
    });
    connect(m_done, &QPushButton::clicked, this, &TokenDialog::accept);
    copyButton->setFocus();
}

TokenDialog::~TokenDialog()
{
    forget();
}

void TokenDialog::copy()
{
    QGuiApplication::clipboard()->setText(m_token->text());
    m_note->setTone(TextLabel::Tone::Muted);
    m_note->setFullText(tr("Copied. The clipboard holds it for a minute, while this is open."));
}

bool TokenDialog::isInClipboard() const
{
    return !m_token->text().isEmpty() && QGuiApplication::clipboard()->text() == m_token->text();
}

void TokenDialog::takeBack()
{
    if (!isInClipboard())
        return;
    QGuiApplication::clipboard()->clear();
    m_note->setTone(TextLabel::Tone::Muted);
    m_note->setFullText(tr("The clipboard no longer holds the token."));
}

void TokenDialog::forget()
{
    takeBack();
    // Where marking a text copies it for the middle button.
    QClipboard *const clipboard = QGuiApplication::clipboard();
    if (!m_token->text().isEmpty() && clipboard->text(QClipboard::Selection) == m_token->text())
        clipboard->clear(QClipboard::Selection);
    m_token->clear();
}

void TokenDialog::accept()
{
    forget();
    QDialog::accept();
}

void TokenDialog::reject()
{
    if (!m_kept->isChecked() && !m_warned) {
        m_warned = true;
        m_note->setTone(TextLabel::Tone::Warn);
        m_note->setFullText(tr("The token will be gone. Close again to go on without it."));
        return;
    }
    forget();
    QDialog::reject();
}

}  // namespace maxiofs::wizards
