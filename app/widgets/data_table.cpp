// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/data_table.h"

#include "core/item_roles.h"
#include "theme/typography.h"
#include "widgets/row_delegate.h"
#include "widgets/table_header.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QSignalBlocker>

#include <algorithm>

namespace maxiofs::widgets {

using namespace Qt::StringLiterals;
using theme::Typography;

namespace {

QString csvField(const QString &text)
{
    // A spreadsheet must not take a name for a formula.
    QString field = text;
    if (!field.isEmpty() && QStringLiteral("=+-@\t\r").contains(field.front()) && field != u"-"_s)
        field.prepend(u'\'');
    if (!field.contains(u',') && !field.contains(u'"') && !field.contains(u'\n') && !field.contains(u'\r'))
        return field;
    field.replace(u'"', u"\"\""_s);
    return u'"' + field + u'"';
}

}  // namespace

DataTable::DataTable(const QString &objectName, const QString &name, QWidget *parent)
    : QTableView(parent),
      m_header(new TableHeader(this))
{
    setObjectName(objectName);
    setAccessibleName(name);
    setHorizontalHeader(m_header);
    m_proxy.setSortRole(core::SortRole);
    m_proxy.setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_proxy.setFilterKeyColumn(-1);
    m_proxy.setDynamicSortFilter(true);
    setItemDelegate(new RowDelegate(this));
    setShowGrid(false);
    setFrameShape(QFrame::NoFrame);
    setMouseTracking(true);
    setWordWrap(false);
    setAlternatingRowColors(false);
    setSelectionBehavior(SelectRows);
    setSelectionMode(ExtendedSelection);
    setHorizontalScrollMode(ScrollPerPixel);
    setVerticalScrollMode(ScrollPerPixel);
    setTabKeyNavigation(false);
    verticalHeader()->hide();
    verticalHeader()->setDefaultSectionSize(Typography::scaled(30));
    verticalHeader()->setMinimumSectionSize(Typography::scaled(20));
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    setSortingEnabled(true);
    connect(this, &QAbstractItemView::activated, this,
            [this](const QModelIndex &index) { Q_EMIT opened(m_proxy.mapToSource(index)); });
    connect(m_header, &QHeaderView::sectionResized, this, [this](int column, int, int width) {
        if (m_fitting)
            return;
        if (column < m_widths.size() && column != m_flexible)
            m_widths[column] = width;
        Q_EMIT layoutChanged();
    });
    connect(m_header, &QHeaderView::sectionMoved, this, &DataTable::layoutChanged);
    connect(m_header, &QHeaderView::sortIndicatorChanged, this, &DataTable::layoutChanged);
    m_header->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_header, &QWidget::customContextMenuRequested, this,
            [this](const QPoint &at) { showColumnsMenu(m_header->mapToGlobal(at)); });
}

void DataTable::setSource(QAbstractItemModel *source)
{
    m_proxy.setSourceModel(source);
    setModel(&m_proxy);
    sortByColumn(0, Qt::AscendingOrder);
}

void DataTable::setFilter(const QString &text)
{
    m_proxy.setFilterFixedString(text);
}

bool DataTable::isFilteredToNothing() const
{
    const QAbstractItemModel *source = m_proxy.sourceModel();
    return source && source->rowCount() > 0 && m_proxy.rowCount() == 0;
}

QList<int> DataTable::visibleColumns() const
{
    QList<int> columns;
    for (int visual = 0; visual < m_header->count(); ++visual) {
        const int logical = m_header->logicalIndex(visual);
        if (!m_header->isSectionHidden(logical))
            columns << logical;
    }
    return columns;
}

QList<int> DataTable::textColumns() const
{
    QList<int> columns = visibleColumns();
    columns.removeIf(
        [this](int column) { return m_proxy.headerData(column, Qt::Horizontal).toString().isEmpty(); });
    return columns;
}

QString DataTable::selectionText() const
{
    QList<int> rows;
    for (const QModelIndex &index : selectionModel()->selectedRows())
        rows << index.row();
    std::ranges::sort(rows);
    if (rows.isEmpty()) {
        for (int row = 0; row < m_proxy.rowCount(); ++row)
            rows << row;
    }
    QStringList lines;
    for (const int row : rows) {
        QStringList cells;
        for (const int column : textColumns())
            cells << m_proxy.index(row, column).data().toString();
        lines << cells.join(u'\t');
    }
    return lines.join(u'\n');
}

QString DataTable::csv() const
{
    QString text;
    const QList<int> columns = textColumns();
    QStringList cells;
    for (const int column : columns)
        cells << csvField(m_proxy.headerData(column, Qt::Horizontal).toString());
    text += cells.join(u',') + u"\r\n"_s;
    for (int row = 0; row < m_proxy.rowCount(); ++row) {
        cells.clear();
        for (const int column : columns)
            cells << csvField(m_proxy.index(row, column).data().toString());
        text += cells.join(u',') + u"\r\n"_s;
    }
    return text;
}

void DataTable::setColumns(const QList<int> &widths, int flexible, int least, const QList<int> &foldable)
{
    m_widths = widths;
    m_flexible = flexible;
    m_leastFlexible = least;
    m_foldable = foldable;
    m_header->setStretchLastSection(false);
    fitColumns();
}

void DataTable::fitColumns()
{
    if (m_widths.isEmpty() || !model())
        return;
    m_fitting = true;
    const auto needed = [this](const QSet<int> &folded) {
        int sum = 0;
        for (int column = 0; column < m_widths.size(); ++column) {
            const bool byHand = m_header->isSectionHidden(column) && !m_folded.contains(column);
            if (!byHand && !folded.contains(column))
                sum += column == m_flexible ? m_leastFlexible : m_widths[column];
        }
        return sum;
    };
    QSet<int> folded;
    for (const int column : std::as_const(m_foldable)) {
        if (needed(folded) <= viewport()->width())
            break;
        folded.insert(column);
    }
    const int rest = viewport()->width() - needed(folded);
    for (int column = 0; column < m_widths.size(); ++column) {
        if (folded.contains(column) != m_folded.contains(column))
            m_header->setSectionHidden(column, folded.contains(column));
        if (column != m_flexible)
            m_header->resizeSection(column, m_widths[column]);
    }
    m_folded = folded;
    // Where the flexible column itself is hidden, the first one takes what is left.
    const bool shown = m_flexible >= 0 && !m_header->isSectionHidden(m_flexible);
    const int taker = shown ? m_flexible : 0;
    m_header->resizeSection(taker, std::max(0, rest) + (shown ? m_leastFlexible : m_widths.first()));
    m_fitting = false;
}

void DataTable::resizeEvent(QResizeEvent *event)
{
    QTableView::resizeEvent(event);
    fitColumns();
}

QByteArray DataTable::layoutState() const
{
    // What is folded for want of room is not hidden by choice.
    const QSignalBlocker quiet(m_header);
    for (const int column : m_folded)
        m_header->setSectionHidden(column, false);
    // What the first column took in place of a hidden one is not its width.
    const int first = m_header->sectionSize(0);
    if (!m_widths.isEmpty() && m_flexible != 0)
        m_header->resizeSection(0, m_widths.first());
    const QByteArray state = m_header->saveState();
    m_header->resizeSection(0, first);
    for (const int column : m_folded)
        m_header->setSectionHidden(column, true);
    return state;
}

void DataTable::restoreLayout(const QByteArray &state)
{
    // What was folded for want of room, before the view had its size, is not hidden by choice.
    for (const int column : std::as_const(m_folded))
        m_header->setSectionHidden(column, false);
    m_folded.clear();
    // A state of another version with other columns is refused by Qt, and the standard stays.
    const bool restored = !state.isEmpty() && m_header->restoreState(state);
    if (!m_widths.isEmpty()) {
        m_header->setStretchLastSection(false);
        for (int column = 0; restored && column < m_widths.size(); ++column) {
            if (column != m_flexible && !m_header->isSectionHidden(column))
                m_widths[column] = m_header->sectionSize(column);
        }
        fitColumns();
    }
}

void DataTable::showColumnsMenu(const QPoint &at)
{
    auto *menu = new QMenu(this);
    menu->setObjectName(u"columnsMenu"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (int column = 0; column < m_header->count(); ++column) {
        const QString name = m_proxy.headerData(column, Qt::Horizontal).toString();
        if (name.isEmpty())
            continue;
        QAction *action = menu->addAction(name);
        action->setCheckable(true);
        action->setChecked(!m_header->isSectionHidden(column));
        // The first column names the row: a table without it says nothing.
        action->setEnabled(column > 0);
        connect(action, &QAction::toggled, this, [this, column](bool shown) {
            m_folded.remove(column);
            m_header->setSectionHidden(column, !shown);
            fitColumns();
            Q_EMIT layoutChanged();
        });
    }
    menu->popup(at);
}

int DataTable::heightForRows(int rows) const
{
    return m_header->sizeHint().height() + rows * verticalHeader()->defaultSectionSize();
}

void DataTable::contextMenuEvent(QContextMenuEvent *event)
{
    const bool byKey = event->reason() == QContextMenuEvent::Keyboard;
    const QModelIndex index = byKey ? currentIndex() : indexAt(event->pos());
    if (!index.isValid())
        return;
    const QRect row = visualRect(m_proxy.index(index.row(), visibleColumns().first()));
    Q_EMIT menuRequested(m_proxy.mapToSource(index),
                         byKey ? viewport()->mapToGlobal(row.bottomLeft() + QPoint(row.height(), 0))
                               : event->globalPos());
    event->accept();
}

void DataTable::keyPressEvent(QKeyEvent *event)
{
    if (currentIndex().isValid() && event->modifiers() == Qt::NoModifier &&
        (event->key() == Qt::Key_F2 || event->key() == Qt::Key_Delete)) {
        const QModelIndex source = m_proxy.mapToSource(currentIndex());
        if (event->key() == Qt::Key_F2)
            Q_EMIT editRequested(source);
        else
            Q_EMIT removeRequested(source);
        event->accept();
        return;
    }
    if (m_spaceActs && event->key() == Qt::Key_Space && event->modifiers() == Qt::NoModifier) {
        Q_EMIT spacePressed();
        event->accept();
        return;
    }
    if (event->matches(QKeySequence::Copy)) {
        QGuiApplication::clipboard()->setText(selectionText());
        event->accept();
        return;
    }
    QTableView::keyPressEvent(event);
}

void DataTable::mouseMoveEvent(QMouseEvent *event)
{
    setHoveredRow(rowAt(event->position().toPoint().y()));
    QTableView::mouseMoveEvent(event);
}

void DataTable::leaveEvent(QEvent *event)
{
    setHoveredRow(-1);
    QTableView::leaveEvent(event);
}

void DataTable::setHoveredRow(int row)
{
    if (row == m_hoveredRow)
        return;
    m_hoveredRow = row;
    viewport()->update();
}

void DataTable::selectionChanged(const QItemSelection &selected, const QItemSelection &deselected)
{
    QTableView::selectionChanged(selected, deselected);
    Q_EMIT selectionTextChanged();
}

void DataTable::currentChanged(const QModelIndex &current, const QModelIndex &previous)
{
    QTableView::currentChanged(current, previous);
    viewport()->update();  // the focus frame spans the row
}

}  // namespace maxiofs::widgets
