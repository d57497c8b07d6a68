// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/latency_legend.h"

#include "core/format.h"
#include "core/item_roles.h"
#include "theme/theme.h"
#include "theme/typography.h"

#include <QAbstractTableModel>
#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>
#include <QStyledItemDelegate>

#include <algorithm>

namespace maxiofs::charts {

using namespace Qt::StringLiterals;
using theme::Theme;
using theme::Token;
using theme::Typography;

class LatencyLegend::Model : public QAbstractTableModel {
public:
    enum Column { Name, Now, Highest, kColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void present(const QList<LatencyLine> &lines, const QString &maximumTitle)
    {
        const bool sameRows = lines.size() == m_lines.size() &&
                              std::ranges::equal(lines, m_lines, {}, &LatencyLine::id, &LatencyLine::id);
        m_maximumTitle = maximumTitle;
        if (sameRows) {
            m_lines = lines;
            if (!m_lines.isEmpty())
                Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, kColumnCount - 1));
            Q_EMIT headerDataChanged(Qt::Horizontal, Highest, Highest);
            return;
        }
        beginResetModel();
        m_lines = lines;
        endResetModel();
    }

    [[nodiscard]] const LatencyLine &line(int row) const { return m_lines[row]; }
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : static_cast<int>(m_lines.size());
    }
    [[nodiscard]] int columnCount(const QModelIndex & = {}) const override { return kColumnCount; }

    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override
    {
        if (!checkIndex(index, CheckIndexOption::IndexIsValid))
            return {};
        const LatencyLine &line = m_lines[index.row()];
        if (role == core::IdRole)
            return line.id;
        if (role == Qt::ToolTipRole && index.column() == Name)
            return line.name;
        if (role != Qt::DisplayRole)
            return {};
        if (index.column() == Name)
            return line.name;
        const auto value = index.column() == Now ? line.newest() : line.highest();
        return value ? core::Format::milliseconds(*value) : core::Format::unknown();
    }

    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override
    {
        if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
            return {};
        return section == Name  ? LatencyLegend::tr("Node")
               : section == Now ? LatencyLegend::tr("Now")
                                : m_maximumTitle;
    }

private:
    QList<LatencyLine> m_lines;
    QString m_maximumTitle;
};

namespace {

class LegendHeader : public QHeaderView {
public:
    explicit LegendHeader(QWidget *parent) : QHeaderView(Qt::Horizontal, parent) {}

    [[nodiscard]] QSize sizeHint() const override { return {60, Typography::scaled(24)}; }

protected:
    void paintSection(QPainter *painter, const QRect &rect, int index) const override
    {
        painter->save();
        painter->fillRect(rect, Theme::color(Token::Panel));
        painter->fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), Theme::color(Token::Border));
        painter->setFont(Typography::font(Typography::Role::CaptionStrong));
        painter->setPen(Theme::color(Token::Muted));
        painter->drawText(rect.adjusted(4, 0, -4, 0),
                          Qt::AlignVCenter | (index == 0 ? Qt::AlignLeft : Qt::AlignRight),
                          model()->headerData(index, Qt::Horizontal).toString());
        painter->restore();
    }
};

}  // namespace

class LatencyLegend::Delegate : public QStyledItemDelegate {
public:
    Delegate(const LatencyLegend &legend, const Model &model, QObject *parent)
        : QStyledItemDelegate(parent),
          m_legend(legend),
          m_model(model)
    {
    }
    QString selected;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        constexpr int kSwatch = 12;
        painter->save();
        const LatencyLine &line = m_model.line(index.row());
        const bool hidden = m_legend.hiddenLines().contains(line.id);
        const bool current = m_legend.hasFocus() && m_legend.currentIndex().row() == index.row();
        if (option.state & QStyle::State_MouseOver)
            painter->fillRect(option.rect, Theme::color(Token::Hover));
        painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1),
                          Theme::color(current ? Token::Accent : Token::Line));
        QRect area = option.rect.adjusted(4, 0, -4, -1);
        const bool strong = line.id == selected;
        QFont font = Typography::font(strong ? Typography::Role::CellStrong : Typography::Role::Cell);
        if (strong)
            font.setWeight(QFont::DemiBold);
        Token token = hidden                             ? Token::Disabled
                      : index.column() == Model::Highest ? Token::Text2
                                                         : Token::Text;
        if (index.column() == Model::Name) {
            painter->setRenderHint(QPainter::Antialiasing);
            QPen pen(Theme::color(hidden ? Token::Disabled : line.token()), 2.6);
            pen.setCapStyle(Qt::RoundCap);
            if (line.dash() > 0)
                pen.setDashPattern({1.2, 1.4});
            painter->setPen(pen);
            const double y = area.center().y() + 0.5;
            painter->drawLine(QPointF(area.left() + 1.5, y), QPointF(area.left() + kSwatch - 1.5, y));
            area.adjust(kSwatch + 8, 0, 0, 0);
        }
        painter->setFont(font);
        painter->setPen(Theme::color(token));
        const QFontMetrics metrics(font);
        painter->drawText(area,
                          Qt::AlignVCenter | (index.column() == Model::Name ? Qt::AlignLeft : Qt::AlignRight),
                          metrics.elidedText(index.data().toString(), Qt::ElideRight, area.width()));
        painter->restore();
    }

private:
    const LatencyLegend &m_legend;
    const Model &m_model;
};

LatencyLegend::LatencyLegend(QWidget *parent) : QTableView(parent), m_model(new Model(this))
{
    setObjectName(u"latencyLegend"_s);
    setAccessibleName(tr("Nodes of the chart"));
    setModel(m_model);
    setItemDelegate(new Delegate(*this, *m_model, this));
    setHorizontalHeader(new LegendHeader(this));
    horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    for (const int column : {1, 2}) {
        horizontalHeader()->setSectionResizeMode(column, QHeaderView::Fixed);
        horizontalHeader()->resizeSection(column, Typography::scaled(66));
    }
    verticalHeader()->hide();
    verticalHeader()->setDefaultSectionSize(Typography::scaled(27));
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    setShowGrid(false);
    setFrameShape(QFrame::NoFrame);
    setSelectionMode(NoSelection);
    setSelectionBehavior(SelectRows);
    setTabKeyNavigation(false);
    setMouseTracking(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    connect(this, &QAbstractItemView::clicked, this, &LatencyLegend::toggle);
}

LatencyLegend::~LatencyLegend() = default;

void LatencyLegend::present(const QList<LatencyLine> &lines, const QString &maximumTitle)
{
    m_model->present(lines, maximumTitle);
}

void LatencyLegend::setSelectedLine(const QString &id)
{
    static_cast<Delegate *>(itemDelegate())->selected = id;
    viewport()->update();
}

int LatencyLegend::heightForRows(int rows) const
{
    return horizontalHeader()->sizeHint().height() + rows * verticalHeader()->defaultSectionSize();
}

void LatencyLegend::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Space && currentIndex().isValid()) {
        toggle(currentIndex());
        return;
    }
    QTableView::keyPressEvent(event);
}

void LatencyLegend::toggle(const QModelIndex &index)
{
    const QString id = index.data(core::IdRole).toString();
    if (!m_hidden.remove(id))
        m_hidden.insert(id);
    viewport()->update();
    Q_EMIT hiddenLinesChanged(m_hidden);
}

}  // namespace maxiofs::charts
