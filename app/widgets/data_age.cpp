// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/data_age.h"

#include "core/format.h"
#include "theme/status_shape.h"
#include "theme/theme.h"
#include "theme/typography.h"

#include <QPainter>

#include <algorithm>

namespace maxiofs::widgets {

using theme::StatusShape;
using theme::Theme;
using theme::Token;
using theme::Typography;

namespace {

constexpr int kShapeSpace = StatusShape::kSide + 7;
constexpr std::int64_t kMinuteMs = 60'000;

}  // namespace

DataAge::DataAge(const Clock &clock, QWidget *parent) : QWidget(parent), m_clock(clock)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setFont(Typography::font(Typography::Role::Cell));
    connect(&m_timer, &QTimer::timeout, this, &DataAge::refresh);
    refresh();
}

void DataAge::setTime(std::int64_t atMs)
{
    m_atMs = atMs;
    refresh();
}

void DataAge::refresh()
{
    const std::int64_t age = m_clock.unixMs() - m_atMs;
    const bool old = m_atMs > 0 && age > 3 * m_interval.count();
    const QString text = m_atMs > 0 ? tr("Updated %1").arg(core::Format::ago(age)) : QString();
    m_timer.start(age < kMinuteMs ? 1'000 : static_cast<int>(kMinuteMs));
    if (text == m_text && old == m_old)
        return;
    const bool oldDiffers = old != m_old;
    m_text = text;
    m_old = old;
    setAccessibleName(text);
    setToolTip(m_atMs > 0 ? core::Format::utc(m_atMs) : QString());
    updateGeometry();
    update();
    if (oldDiffers)
        Q_EMIT oldChanged(old);
}

QSize DataAge::sizeHint() const
{
    // Wide enough for the usual ages, so that nothing beside it moves once a second.
    const int usual =
        fontMetrics().horizontalAdvance(tr("Updated %1").arg(core::Format::ago(59 * kMinuteMs)));
    const int needed = std::max(usual, fontMetrics().horizontalAdvance(m_text));
    return {m_text.isEmpty() ? 0 : needed + kShapeSpace + 2, Typography::scaled(20)};
}

void DataAge::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    if (m_old) {
        const int left = width() - fontMetrics().horizontalAdvance(m_text) - kShapeSpace;
        StatusShape::paint(&painter, QRectF(left, 0, StatusShape::kSide, height()), theme::Status::Warn);
    }
    painter.setPen(Theme::color(m_old ? Token::WarnText : Token::Muted));
    painter.drawText(rect(), Qt::AlignVCenter | Qt::AlignRight, m_text);
}

}  // namespace maxiofs::widgets
