// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSet>
#include <QSortFilterProxyModel>
#include <QTableView>

#include <functional>

namespace maxiofs::widgets {

class TableHeader;

// The one table of the program: sort, filter, columns that can be hidden, moved and remembered, copy and CSV.
// Rows are selected whole and the selection stays with its rows through updates.
class DataTable : public QTableView {
    Q_OBJECT
public:
    explicit DataTable(const QString &objectName, const QString &name, QWidget *parent = nullptr);

    /// The source; the view shows it through its own sorting and filtering proxy.
    void setSource(QAbstractItemModel *source);
    [[nodiscard]] QSortFilterProxyModel *proxy() { return &m_proxy; }
    void setFilter(const QString &text);
    /// Space asks for something to be done with the selected rows rather than to select.
    void setSpaceActs(bool acts) { m_spaceActs = acts; }
    [[nodiscard]] bool isFilteredToNothing() const;

    /// The row under the mouse, for delegates; -1: none.
    [[nodiscard]] int hoveredRow() const { return m_hoveredRow; }
    /// The columns in sight, by their number in the model, from left to right.
    [[nodiscard]] QList<int> visibleColumns() const;
    /// Those of them that hold text: a column without a name has icons only.
    [[nodiscard]] QList<int> textColumns() const;
    /// The visible rows, tab-separated, as far as they are selected; all of them if none is.
    [[nodiscard]] QString selectionText() const;
    /// All visible rows and columns as CSV (RFC 4180), with a header.
    [[nodiscard]] QString csv() const;

    /// The columns' widths; `flexible` takes what is left and gives, down to `least`. Where even that is too
    /// narrow, columns fold in the order of `foldable` and come back when there is room.
    void setColumns(const QList<int> &widths, int flexible, int least, const QList<int> &foldable);
    [[nodiscard]] QByteArray layoutState() const;
    void restoreLayout(const QByteArray &state);
    /// Shows the menu of columns below `at` (global).
    void showColumnsMenu(const QPoint &at);
    /// The height that shows `rows` rows and the header, without scroll bars.
    [[nodiscard]] int heightForRows(int rows) const;

Q_SIGNALS:
    void selectionTextChanged();
    void layoutChanged();
    /// Enter or a double click; `source` is an index of the source.
    void opened(const QModelIndex &source);
    /// The menu of a row was asked for, by mouse or key; `at` is global.
    void menuRequested(const QModelIndex &source, const QPoint &at);
    /// F2 and Del on the current row.
    void editRequested(const QModelIndex &source);
    void removeRequested(const QModelIndex &source);
    /// Space, where it acts.
    void spacePressed();

protected:
    void contextMenuEvent(QContextMenuEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void selectionChanged(const QItemSelection &selected, const QItemSelection &deselected) override;
    void currentChanged(const QModelIndex &current, const QModelIndex &previous) override;

private:
    void setHoveredRow(int row);
    void fitColumns();

    QSortFilterProxyModel m_proxy;
    TableHeader *m_header;
    int m_hoveredRow = -1;
    bool m_spaceActs = false;
    QList<int> m_widths;
    QList<int> m_foldable;
    QSet<int> m_folded;
    int m_flexible = -1;
    int m_leastFlexible = 0;
    bool m_fitting = false;
};

}  // namespace maxiofs::widgets
