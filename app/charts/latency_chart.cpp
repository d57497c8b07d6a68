// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/latency_chart.h"

#include "charts/latency_scale.h"
#include "core/format.h"
#include "theme/status_shape.h"
#include "theme/theme.h"
#include "theme/typography.h"

#include <QChart>
#include <QDateTime>
#include <QGraphicsLayout>
#include <QGraphicsObject>
#include <QKeyEvent>
#include <QLegend>
#include <QLineSeries>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <limits>

namespace maxiofs::charts {

using namespace Qt::StringLiterals;
using history::Sample;
using theme::Theme;
using theme::Token;
using theme::Typography;

namespace {

constexpr int kMostPoints = 900;
constexpr qreal kBehindSeries = 0;
constexpr qreal kBeforeSeries = 100;
constexpr int kCrossSteps = 60;  // by key, over the window

}  // namespace

// A sheet over the whole chart that paints what Qt Charts has no series for.
class LatencyChart::Layer : public QGraphicsItem {
public:
    using Paint = std::function<void(QPainter *)>;
    Layer(QGraphicsItem *parent, qreal z, Paint paint) : QGraphicsItem(parent), m_paint(std::move(paint))
    {
        setZValue(z);
        setAcceptedMouseButtons(Qt::NoButton);
    }
    [[nodiscard]] QRectF boundingRect() const override { return parentItem()->boundingRect(); }
    void paint(QPainter *painter, const QStyleOptionGraphicsItem *, QWidget *) override { m_paint(painter); }
    void sizeChanged() { prepareGeometryChange(); }

private:
    Paint m_paint;
};

LatencyChart::LatencyChart(QWidget *parent)
    : QChartView(new QChart, parent),
      m_timeAxis(new QCategoryAxis),
      m_valueAxis(new QCategoryAxis),
      m_back(new Layer(chart(), kBehindSeries, [this](QPainter *painter) { paintBack(painter); })),
      m_front(new Layer(chart(), kBeforeSeries, [this](QPainter *painter) { paintFront(painter); }))
{
    setObjectName(u"latencyChart"_s);
    setAccessibleName(tr("Latency of all nodes"));
    setRenderHint(QPainter::Antialiasing);
    setFrameShape(QFrame::NoFrame);
    setBackgroundBrush(Qt::NoBrush);
    viewport()->setAutoFillBackground(false);
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setMinimumHeight(120);
    chart()->setBackgroundVisible(false);
    chart()->setMargins({0, 0, 0, 0});
    chart()->layout()->setContentsMargins(0, 0, 0, 0);
    chart()->legend()->hide();
    chart()->setAnimationOptions(QChart::NoAnimation);
    for (QCategoryAxis *axis : {m_timeAxis, m_valueAxis}) {
        axis->setLabelsPosition(QCategoryAxis::AxisLabelsPositionOnValue);
        axis->setLineVisible(false);
        axis->setTruncateLabels(false);
    }
    m_timeAxis->setGridLineVisible(false);
    chart()->addAxis(m_timeAxis, Qt::AlignBottom);
    chart()->addAxis(m_valueAxis, Qt::AlignLeft);
    connect(chart(), &QChart::plotAreaChanged, this, [this] {
        m_back->update();
        m_front->update();
    });
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        m_dirty = true;
        rebuild();
    });
}

void LatencyChart::present(const QList<LatencyLine> &lines, std::int64_t fromMs, std::int64_t toMs,
                           std::int64_t stretchMs)
{
    m_lines = lines;
    m_fromMs = fromMs;
    m_toMs = std::max(toMs, fromMs + 1);
    m_stretchMs = stretchMs;
    m_dirty = true;
    rebuild();
}

void LatencyChart::setHiddenLines(const QSet<QString> &ids)
{
    if (ids == m_hidden)
        return;
    m_hidden = ids;
    m_dirty = true;
    rebuild();
}

void LatencyChart::setSelectedLine(const QString &id)
{
    if (id == m_selected)
        return;
    m_selected = id;
    m_dirty = true;
    rebuild();
}

QList<const LatencyLine *> LatencyChart::visibleLines() const
{
    QList<const LatencyLine *> lines;
    for (const LatencyLine &line : m_lines) {
        if (!m_hidden.contains(line.id))
            lines << &line;
    }
    return lines;
}

std::int64_t LatencyChart::collectedMs() const
{
    std::int64_t oldest = m_toMs;
    for (const LatencyLine &line : m_lines) {
        if (!line.samples.isEmpty())
            oldest = std::min(oldest, line.samples.first().atMs);
    }
    return m_toMs - oldest;
}

QString LatencyChart::csv() const
{
    QString text = u"time_utc,node,median_ms,lowest_ms,highest_ms\r\n"_s;
    for (const LatencyLine *line : visibleLines()) {
        QString name = line->name;
        if (name.contains(u',') || name.contains(u'"'))
            name = u'"' + name.replace(u'"', u"\"\""_s) + u'"';
        for (const Sample &sample : line->samples) {
            text += u"%1,%2,%3,%4,%5\r\n"_s.arg(
                QDateTime::fromMSecsSinceEpoch(sample.atMs, Qt::UTC).toString(Qt::ISODateWithMs), name,
                QString::number(sample.median), QString::number(sample.lowest),
                QString::number(sample.highest));
        }
    }
    return text;
}

void LatencyChart::showEvent(QShowEvent *event)
{
    QChartView::showEvent(event);
    rebuild();
}

void LatencyChart::resizeEvent(QResizeEvent *event)
{
    QChartView::resizeEvent(event);
    m_back->sizeChanged();
    m_front->sizeChanged();
}

void LatencyChart::rebuild()
{
    if (!m_dirty || !isVisible())
        return;
    m_dirty = false;
    double smallest = std::numeric_limits<double>::infinity();
    for (const LatencyLine *line : visibleLines()) {
        for (const Sample &sample : line->samples)
            smallest = std::min(smallest, sample.median);
    }
    m_bottom = LatencyScale::bottomFor(smallest);
    chart()->removeAllSeries();
    rebuildAxes();
    const QList<const LatencyLine *> lines = visibleLines();
    const bool known =
        std::ranges::any_of(lines, [this](const LatencyLine *line) { return line->id == m_selected; });
    QStringList words;
    for (const LatencyLine *line : lines) {
        const bool strong = known ? line->id == m_selected : line == lines.first();
        addSeries(*line, pointsOf(line->samples, m_fromMs, m_toMs, m_stretchMs, kMostPoints), strong);
        const auto newest = line->newest();
        words << u"%1 %2"_s.arg(line->name,
                                newest ? core::Format::milliseconds(*newest) : core::Format::unknown());
    }
    setAccessibleDescription(words.join(u", "_s));
    m_back->update();
    m_front->update();
}

void LatencyChart::rebuildAxes()
{
    const QFont font = Typography::font(Typography::Role::Caption);
    for (QCategoryAxis *axis : {m_timeAxis, m_valueAxis}) {
        for (const QString &label : axis->categoriesLabels())
            axis->remove(label);
        axis->setLabelsFont(font);
        axis->setLabelsBrush(Theme::color(Token::Muted));
        axis->setGridLinePen(QPen(Theme::color(Token::Line), 1));
    }
    m_valueAxis->setRange(m_bottom, LatencyScale::top());
    m_valueAxis->setStartValue(m_bottom - 1);
    for (const LatencyScale::Label &label : LatencyScale::labels(m_bottom))
        m_valueAxis->append(label.text, label.position);
    m_timeAxis->setRange(0, static_cast<double>(m_toMs - m_fromMs) / 1000.0);
    m_timeAxis->setStartValue(-1);
    for (const TimeTicks::Tick &tick : TimeTicks::of(m_fromMs, m_toMs))
        m_timeAxis->append(tick.text, static_cast<double>(tick.atMs - m_fromMs) / 1000.0);
}

void LatencyChart::addSeries(const LatencyLine &line, const QList<QPointF> &points, bool strong)
{
    QPen pen(Theme::color(line.token()), strong ? 2 : 1.4);
    pen.setCapStyle(Qt::RoundCap);
    pen.setJoinStyle(Qt::RoundJoin);
    if (line.dash() == 1)
        pen.setDashPattern({5, 4});
    else if (line.dash() == 2)
        pen.setDashPattern({1, 3});
    const auto add = [&](const QList<QPointF> &part) {
        if (part.isEmpty())
            return;
        auto *series = new QLineSeries;
        series->setPen(pen);
        series->setPointsVisible(false);
        chart()->addSeries(series);
        series->attachAxis(m_timeAxis);
        series->attachAxis(m_valueAxis);
        series->replace(part);
    };
    QList<QPointF> part;
    for (const QPointF &point : points) {
        if (std::isnan(point.y())) {
            // A solid line breaks at NaN by itself; a dashed one would bridge it.
            if (line.dash() == 0) {
                part.append(point);
            } else {
                add(part);
                part.clear();
            }
            continue;
        }
        part.append({point.x(), LatencyScale::positionOf(point.y(), m_bottom)});
    }
    add(part);
}

QPointF LatencyChart::pointAt(std::int64_t timeMs, double milliseconds) const
{
    const QRectF plot = chart()->plotArea();
    const double x = static_cast<double>(timeMs - m_fromMs) / static_cast<double>(m_toMs - m_fromMs);
    const double y =
        (LatencyScale::positionOf(milliseconds, m_bottom) - m_bottom) / (LatencyScale::top() - m_bottom);
    return {plot.left() + x * plot.width(), plot.bottom() - y * plot.height()};
}

void LatencyChart::paintBack(QPainter *painter) const
{
    const QRectF plot = chart()->plotArea();
    if (plot.isEmpty())
        return;
    const double fiveSeconds = pointAt(m_fromMs, LatencyScale::kUnavailableMs).y();
    const double oneSecond = pointAt(m_fromMs, LatencyScale::kDegradedMs).y();
    painter->fillRect(QRectF(plot.left(), plot.top(), plot.width(), fiveSeconds - plot.top()),
                      Theme::color(Token::BadTint));
    painter->fillRect(QRectF(plot.left(), fiveSeconds, plot.width(), oneSecond - fiveSeconds),
                      Theme::color(Token::WarnTint));

    const QList<const LatencyLine *> lines = visibleLines();
    if (lines.size() != 1 || lines.first()->samples.isEmpty())
        return;
    // A single line has a ground under it.
    const LatencyLine &line = *lines.first();
    QColor tint = Theme::color(line.token());
    tint.setAlphaF(0.13F);
    painter->setPen(Qt::NoPen);
    painter->setBrush(tint);
    QPolygonF part;
    const auto fill = [&] {
        if (part.size() > 1) {
            part.append({part.last().x(), plot.bottom()});
            part.append({part.first().x(), plot.bottom()});
            painter->drawPolygon(part);
        }
        part.clear();
    };
    for (const QPointF &point : pointsOf(line.samples, m_fromMs, m_toMs, m_stretchMs, kMostPoints)) {
        if (std::isnan(point.y()))
            fill();
        else
            part.append(pointAt(m_fromMs + static_cast<std::int64_t>(point.x() * 1000), point.y()));
    }
    fill();
}

void LatencyChart::paintFront(QPainter *painter) const
{
    const QRectF plot = chart()->plotArea();
    if (plot.isEmpty())
        return;
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setFont(Typography::font(Typography::Role::Caption));
    const QFontMetricsF metrics(painter->font());
    const double fiveSeconds = pointAt(m_fromMs, LatencyScale::kUnavailableMs).y();
    if (fiveSeconds - plot.top() >= metrics.height() - 2) {
        painter->setPen(Theme::color(Token::BadText));
        painter->drawText(QRectF(plot.left() + 8, plot.top(), plot.width(), fiveSeconds - plot.top()),
                          Qt::AlignLeft | Qt::AlignVCenter, tr("Unavailable over 5 s"));
    }
    painter->setPen(Theme::color(Token::WarnText));
    painter->drawText(QPointF(plot.left() + 8, fiveSeconds + metrics.ascent() + 2), tr("Degraded 1–5 s"));

    for (const LatencyLine *line : visibleLines()) {
        // Its end, where the line itself ends: in the middle of the last part.
        const QList<QPointF> points = pointsOf(line->samples, m_fromMs, m_toMs, m_stretchMs, kMostPoints);
        if (points.isEmpty() || (line->stale && !line->gone))
            continue;
        const QPointF end =
            pointAt(m_fromMs + static_cast<std::int64_t>(points.last().x() * 1000), points.last().y());
        painter->setPen(QPen(Theme::color(Token::Panel), 1));
        if (line->gone) {
            painter->setBrush(Theme::color(Token::Bad));
            painter->drawRoundedRect(QRectF(end.x() - 3.5, end.y() - 3.5, 7, 7), 1, 1);
        } else {
            painter->setBrush(Theme::color(line->token()));
            painter->drawEllipse(end, 3, 3);
        }
    }
    if (hasFocus()) {
        painter->setBrush(Qt::NoBrush);
        painter->setPen(QPen(Theme::color(Token::Accent), 1));
        painter->drawRoundedRect(plot.adjusted(-0.5, -0.5, 0.5, 0.5), 3, 3);
    }
    if (m_crossMs)
        paintTip(painter);
}

void LatencyChart::paintTip(QPainter *painter) const
{
    constexpr int kPadding = 8;
    constexpr int kSwatch = 12;
    const QRectF plot = chart()->plotArea();
    const double x = pointAt(*m_crossMs, 1).x();
    painter->setPen(QPen(Theme::color(Token::Muted), 1));
    painter->drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()));

    struct Row {
        const LatencyLine *line;
        QString value;
    };
    QList<Row> rows;
    const std::int64_t reach = std::max(m_stretchMs * 2, (m_toMs - m_fromMs) / kMostPoints);
    for (const LatencyLine *line : visibleLines()) {
        const Sample *sample = line->at(*m_crossMs, reach);
        if (sample) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(Theme::color(line->token()));
            painter->drawEllipse(pointAt(sample->atMs, sample->median), 2.5, 2.5);
        }
        rows.append({line, sample ? core::Format::milliseconds(sample->median) : core::Format::unknown()});
    }
    const QFont font = Typography::font(Typography::Role::Cell);
    const QFontMetricsF metrics(font);
    const QDateTime time = QDateTime::fromMSecsSinceEpoch(*m_crossMs);
    constexpr std::int64_t kDay = 24 * 3'600'000;
    const QString head = QLocale().toString(
        time, m_toMs - m_fromMs > kDay ? tr("d MMM HH:mm", "time on a chart's tip") : u"HH:mm:ss"_s);
    double nameWidth = 0;
    double valueWidth = 0;
    for (const Row &row : rows) {
        nameWidth = std::max(nameWidth, metrics.horizontalAdvance(row.line->name));
        valueWidth = std::max(valueWidth, metrics.horizontalAdvance(row.value));
    }
    const double rowHeight = metrics.height() + 3;
    const double width =
        std::max(metrics.horizontalAdvance(head), kSwatch + 6 + nameWidth + 16 + valueWidth) + 2 * kPadding;
    const double height = rowHeight * static_cast<double>(rows.size() + 1) + 2 * kPadding;
    QRectF box(x + 12, plot.top() + 8, width, height);
    if (box.right() > plot.right())
        box.moveRight(x - 12);
    painter->setPen(QPen(Theme::color(Token::Border), 1));
    painter->setBrush(Theme::color(Token::Raised));
    painter->drawRoundedRect(box, 5, 5);
    painter->setFont(font);
    painter->setPen(Theme::color(Token::Muted));
    double y = box.top() + kPadding;
    const QRectF inner = box.adjusted(kPadding, 0, -kPadding, 0);
    painter->drawText(QRectF(inner.left(), y, inner.width(), rowHeight), Qt::AlignVCenter | Qt::AlignLeft,
                      head);
    for (const Row &row : rows) {
        y += rowHeight;
        painter->fillRect(QRectF(inner.left(), y + rowHeight / 2 - 1, kSwatch, 2.5),
                          Theme::color(row.line->token()));
        painter->setPen(Theme::color(Token::Text));
        painter->drawText(QRectF(inner.left() + kSwatch + 6, y, inner.width(), rowHeight),
                          Qt::AlignVCenter | Qt::AlignLeft, row.line->name);
        painter->drawText(QRectF(inner.left(), y, inner.width(), rowHeight),
                          Qt::AlignVCenter | Qt::AlignRight, row.value);
    }
}

void LatencyChart::setCross(std::optional<std::int64_t> timeMs)
{
    if (timeMs)
        timeMs = std::clamp(*timeMs, m_fromMs, m_toMs);
    if (timeMs == m_crossMs)
        return;
    m_crossMs = timeMs;
    m_front->update();
}

void LatencyChart::mouseMoveEvent(QMouseEvent *event)
{
    QChartView::mouseMoveEvent(event);
    const QPointF at = chart()->mapFromScene(mapToScene(event->position().toPoint()));
    const QRectF plot = chart()->plotArea();
    if (!plot.contains(at)) {
        setCross(std::nullopt);
        return;
    }
    setCross(m_fromMs + static_cast<std::int64_t>((at.x() - plot.left()) / plot.width() *
                                                  static_cast<double>(m_toMs - m_fromMs)));
}

void LatencyChart::leaveEvent(QEvent *event)
{
    setCross(std::nullopt);
    QChartView::leaveEvent(event);
}

void LatencyChart::focusOutEvent(QFocusEvent *event)
{
    setCross(std::nullopt);
    m_front->update();
    QChartView::focusOutEvent(event);
}

void LatencyChart::keyPressEvent(QKeyEvent *event)
{
    const std::int64_t step = (m_toMs - m_fromMs) / kCrossSteps;
    if (event->key() == Qt::Key_Left)
        setCross(m_crossMs.value_or(m_toMs) - step);
    else if (event->key() == Qt::Key_Right)
        setCross(m_crossMs.value_or(m_fromMs) + step);
    else if (event->key() == Qt::Key_Escape && m_crossMs)
        setCross(std::nullopt);
    else
        QChartView::keyPressEvent(event);
}

}  // namespace maxiofs::charts
