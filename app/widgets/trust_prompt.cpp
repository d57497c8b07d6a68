// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/trust_prompt.h"

#include "theme/icon_loader.h"
#include "theme/theme.h"
#include "theme/typography.h"
#include "widgets/dialog_frame.h"
#include "widgets/fingerprint_view.h"
#include "widgets/push_button.h"
#include "widgets/text_label.h"

#include <QCheckBox>
#include <QClipboard>
#include <QGridLayout>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLocale>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>

namespace maxiofs::widgets {

using namespace Qt::StringLiterals;
using theme::Theme;
using theme::Token;
using theme::Typography;

namespace {

constexpr int kWidth = 566;

class ShieldPicture : public QWidget {
public:
    explicit ShieldPicture(bool changed) : m_changed(changed) { setFixedSize(36, 36); }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(Theme::color(m_changed ? Token::BadTint : Token::WarnTint));
        painter.drawRoundedRect(rect(), 6, 6);
        theme::IconLoader::paint(&painter, rect(), u"shield-question-mark"_s,
                                 m_changed ? Token::BadText : Token::WarnText, 20);
    }

private:
    bool m_changed;
};

QFrame *fingerprintBox(const QString &title, const QString &fingerprint, const QString &compareWith)
{
    auto *box = new QFrame;
    box->setObjectName(u"inset"_s);
    auto *column = new QVBoxLayout(box);
    column->setContentsMargins(12, 8, 12, 8);
    column->setSpacing(4);
    auto *head = new QHBoxLayout;
    head->addWidget(new TextLabel(title, Typography::Role::Cell, TextLabel::Tone::Muted));
    head->addStretch();
    auto *copy = new PushButton(TrustPrompt::tr("Copy"), PushButton::Kind::Link);
    copy->setThemeIcon(u"copy"_s);
    copy->setAccessibleName(TrustPrompt::tr("Copy the fingerprint"));
    QObject::connect(copy, &QPushButton::clicked, box, [fingerprint] {
        QGuiApplication::clipboard()->setText(TrustPrompt::inPairs(fingerprint));
    });
    head->addWidget(copy);
    column->addLayout(head);
    column->addWidget(new FingerprintView(fingerprint, compareWith));
    return box;
}

}  // namespace

QString TrustPrompt::inPairs(const QString &fingerprint)
{
    QStringList pairs;
    for (qsizetype i = 0; i + 1 < fingerprint.size(); i += 2)
        pairs << fingerprint.mid(i, 2).toUpper();
    return pairs.join(u' ');
}

TrustPrompt::TrustPrompt(const core::CertificateFacts &facts, const QString &before, QWidget *parent)
    : QDialog(parent),
      m_compared(new QCheckBox(tr("I have compared the fingerprint with the one shown on the node"))),
      m_trust(new PushButton(tr("Trust and connect"), PushButton::Kind::Primary))
{
    const bool changed = !before.isEmpty();
    setObjectName(u"trustPrompt"_s);
    setWindowTitle(tr("Trust this server?"));
    const DialogFrame frame(this);
    frame.column->setContentsMargins(20, 16, 20, 20);
    frame.column->setSpacing(12);

    auto *head = new QHBoxLayout;
    head->setSpacing(12);
    head->addWidget(new ShieldPicture(changed), 0, Qt::AlignTop);
    auto *words = new QVBoxLayout;
    words->setSpacing(3);
    words->addWidget(new TextLabel(changed ? tr("The certificate of %1 has changed").arg(facts.host)
                                           : tr("First contact with %1").arg(facts.host),
                                   Typography::Role::Title));
    const QString vouch = facts.selfSigned
                              ? tr("Its certificate is signed by itself, so nothing vouches for it yet.")
                              : tr("The system does not trust its certificate: %1.").arg(facts.objection);
    auto *sentence = new TextLabel(
        changed
            ? tr("It is not the one you trusted before. That is right after the node got a new certificate; "
                 "otherwise somebody may be answering in its place.")
            : tr("%1 Compare the fingerprint with the one that the node shows.").arg(vouch),
        Typography::Role::Cell, TextLabel::Tone::Muted);
    sentence->setWordWrap(true);
    words->addWidget(sentence);
    head->addLayout(words, 1);
    frame.column->addLayout(head);

    if (changed)
        frame.column->addWidget(fingerprintBox(tr("Trusted so far"), before, facts.fingerprint));
    frame.column->addWidget(
        fingerprintBox(changed ? tr("Shown now") : tr("SHA-256 fingerprint"), facts.fingerprint, before));

    auto *grid = new QGridLayout;
    grid->setHorizontalSpacing(16);
    grid->setVerticalSpacing(5);
    grid->setColumnStretch(1, 1);
    grid->setColumnStretch(3, 1);
    const auto fact = [grid](int row, int at, const QString &name, const QString &value) {
        grid->addWidget(new TextLabel(name, Typography::Role::Cell, TextLabel::Tone::Muted), row, at);
        auto *label = new TextLabel(value, Typography::Role::Cell);
        label->setElided(true);
        grid->addWidget(label, row, at + 1);
    };
    const QLocale locale;
    const QString dateFormat = tr("d MMM yyyy", "a certificate's dates");
    fact(0, 0, tr("Issued to"), facts.issuedTo);
    fact(0, 2, tr("Issued by"), facts.issuedBy);
    fact(1, 0, tr("Valid"),
         tr("%1 to %2")
             .arg(locale.toString(facts.validFrom.toLocalTime(), dateFormat),
                  locale.toString(facts.validUntil.toLocalTime(), dateFormat)));
    fact(1, 2, tr("Key"), facts.key);
    frame.column->addLayout(grid);
    m_compared->setObjectName(u"fingerprintCompared"_s);
    m_compared->setFont(Typography::font(Typography::Role::Body));
    frame.column->addSpacing(2);
    frame.column->addWidget(m_compared);

    frame.footer->addWidget(new TextLabel(tr("Trusted for this connection only"), Typography::Role::Cell,
                                          TextLabel::Tone::Muted));
    frame.footer->addStretch();
    auto *cancel = new PushButton(tr("Cancel"));
    cancel->setObjectName(u"cancelTrust"_s);
    cancel->setKeyHint(u"Esc"_s);
    frame.footer->addWidget(cancel);
    m_trust->setObjectName(u"trustAndConnect"_s);
    m_trust->setThemeIcon(u"shield-check"_s);
    m_trust->setEnabled(false);
    m_trust->setToolTip(tr("Tick the box once you have compared the fingerprint."));
    frame.footer->addWidget(m_trust);
    setFixedWidth(std::max(kWidth, sizeHint().width()));

    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_trust, &QPushButton::clicked, this, &QDialog::accept);
    connect(m_compared, &QCheckBox::toggled, this, [this, changed](bool compared) {
        m_trust->setEnabled(compared);
        m_trust->setDefault(compared && !changed);
        m_trust->setToolTip(QString());
    });
    m_compared->setFocus();
}

}  // namespace maxiofs::widgets
