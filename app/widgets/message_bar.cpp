// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/message_bar.h"

#include "theme/status_shape.h"
#include "theme/theme.h"
#include "theme/typography.h"
#include "widgets/icon_button.h"
#include "widgets/push_button.h"
#include "widgets/text_label.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QPainter>

namespace maxiofs::widgets {

using namespace Qt::StringLiterals;
using theme::StatusShape;
using theme::Theme;
using theme::Token;
using theme::Typography;

MessageBar::MessageBar(QWidget *parent)
    : QFrame(parent),
      m_text(new TextLabel(Typography::Role::CellStrong)),
      m_request(new TextLabel(Typography::Role::Caption, TextLabel::Tone::Muted)),
      m_countdown(new TextLabel(Typography::Role::Cell, TextLabel::Tone::Secondary)),
      m_action(new PushButton(tr("Retry now"), PushButton::Kind::Link)),
      m_copy(new PushButton(tr("Copy details"), PushButton::Kind::Link)),
      m_close(new IconButton(u"x"_s, tr("Close message")))
{
    setObjectName(u"messageBar"_s);
    setFixedHeight(Typography::scaled(36));
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(16 + StatusShape::kSide + 7, 0, 10, 0);
    row->setSpacing(12);
    m_text->setElided(true);
    m_text->setObjectName(u"messageText"_s);
    row->addWidget(m_text, 1);
    row->addWidget(m_request);
    row->addWidget(m_countdown);
    m_action->setObjectName(u"messageAction"_s);
    row->addWidget(m_action);
    m_copy->setObjectName(u"copyDetails"_s);
    row->addWidget(m_copy);
    m_close->setObjectName(u"closeMessage"_s);
    row->addWidget(m_close);
    connect(m_action, &QPushButton::clicked, this, &MessageBar::actionTriggered);
    connect(m_close, &QToolButton::clicked, this, &QWidget::hide);
    connect(m_copy, &QPushButton::clicked, this, [this] {
        QStringList lines{m_problem.summary, m_problem.detail};
        if (m_problem.httpStatus > 0)
            lines << tr("Status %1").arg(m_problem.httpStatus);
        if (!m_problem.requestId.isEmpty())
            lines << tr("Request %1").arg(m_problem.requestId);
        lines.removeAll(QString());
        QGuiApplication::clipboard()->setText(lines.join(u'\n'));
    });
    hide();
}

void MessageBar::showProblem(const core::Problem &problem, theme::Status status)
{
    const bool same = problem.summary == m_problem.summary && status == m_status;
    m_problem = problem;
    m_status = status;
    m_text->setFullText(problem.summary);
    setAccessibleName(problem.summary);
    const bool answered = problem.httpStatus > 0 && !problem.requestId.isEmpty();
    m_request->setVisible(answered);
    if (answered)
        m_request->setFullText(tr("request %1").arg(problem.requestId.left(8)));
    // A person who closed this very message does not want it back; another one shows.
    if (!same || !isHidden())
        setVisible(true);
    update();
}

void MessageBar::setCountdown(std::optional<int> seconds, const QString &place)
{
    m_countdown->setVisible(seconds.has_value());
    if (seconds && !place.isEmpty())
        m_countdown->setFullText(*seconds > 0 ? tr("trying %1 in %2 s").arg(place).arg(*seconds)
                                              : tr("trying %1").arg(place));
    else if (seconds)
        m_countdown->setFullText(*seconds > 0 ? tr("trying again in %1 s").arg(*seconds)
                                              : tr("trying again"));
}

void MessageBar::setAction(const QString &word)
{
    m_action->setVisible(!word.isEmpty());
    m_action->setText(word);
}

void MessageBar::solved()
{
    m_problem = {};
    hide();
}

QString MessageBar::text() const
{
    return m_text->fullText();
}

void MessageBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), Theme::color(StatusShape::tintToken(m_status)));
    painter.fillRect(QRect(0, height() - 1, width(), 1), Theme::color(Token::Border));
    StatusShape::paint(&painter, QRectF(16, 0, StatusShape::kSide, height()), m_status);
}

}  // namespace maxiofs::widgets
