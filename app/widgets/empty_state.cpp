// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/empty_state.h"

#include "theme/icon_loader.h"
#include "theme/typography.h"
#include "widgets/push_button.h"
#include "widgets/text_label.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QVBoxLayout>

namespace maxiofs::widgets {

using namespace Qt::StringLiterals;
using theme::Typography;

namespace {

constexpr int kSentenceWidth = 460;

}  // namespace

// Paints its icon anew, so that it follows the theme.
class EmptyState::Picture : public QWidget {
public:
    explicit Picture(const QString &icon) : m_icon(icon) { setFixedSize(32, 32); }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        theme::IconLoader::paint(&painter, rect(), m_icon, theme::Token::Muted, 32);
    }

private:
    QString m_icon;
};

EmptyState::EmptyState(const QString &icon, QWidget *parent)
    : QWidget(parent),
      m_title(new TextLabel(Typography::Role::Title)),
      m_sentence(new TextLabel(Typography::Role::Body, TextLabel::Tone::Muted)),
      m_action(new PushButton(QString(), PushButton::Kind::Primary)),
      m_second(new PushButton(QString()))
{
    auto *column = new QVBoxLayout(this);
    column->setSpacing(8);
    column->addStretch();
    column->addWidget(new Picture(icon), 0, Qt::AlignHCenter);
    m_title->setAlignment(Qt::AlignCenter);
    column->addWidget(m_title);
    m_sentence->setAlignment(Qt::AlignCenter);
    m_sentence->setWordWrap(true);
    m_sentence->setFixedWidth(kSentenceWidth);
    column->addWidget(m_sentence, 0, Qt::AlignHCenter);
    column->addSpacing(4);
    m_action->setObjectName(u"emptyAction"_s);
    m_second->setObjectName(u"emptySecondAction"_s);
    auto *actions = new QHBoxLayout;
    actions->setSpacing(8);
    actions->addStretch();
    actions->addWidget(m_action);
    actions->addWidget(m_second);
    actions->addStretch();
    column->addLayout(actions);
    column->addStretch();
    m_action->hide();
    m_second->hide();
    connect(m_action, &QPushButton::clicked, this, &EmptyState::actionTriggered);
    connect(m_second, &QPushButton::clicked, this, &EmptyState::secondActionTriggered);
}

void EmptyState::setText(const QString &title, const QString &sentence)
{
    m_title->setFullText(title);
    m_sentence->setFullText(sentence);
    // Between stretches a layout gives wrapped words the height of one line.
    m_sentence->setMinimumHeight(m_sentence->heightForWidth(kSentenceWidth));
    setAccessibleName(title);
    setAccessibleDescription(sentence);
}

void EmptyState::setAction(const QString &word)
{
    m_action->setText(word);
    m_action->setVisible(!word.isEmpty());
}

void EmptyState::setSecondAction(const QString &word)
{
    m_second->setText(word);
    m_second->setVisible(!word.isEmpty());
}

QString EmptyState::title() const
{
    return m_title->fullText();
}

}  // namespace maxiofs::widgets
