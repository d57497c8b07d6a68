// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QHash>
#include <QList>
#include <QSet>
#include <QString>

#include <functional>

namespace maxiofs::models {

// A table that is fed with whole snapshots and tells views only what differs: rows are known by their id,
// stay where they are while they live, and new ones come at the end. Views keep selection, scroll and order.
// `Row` has `QString id() const` and operator==.
template <typename Row>
class SnapshotTable : public QAbstractTableModel {
public:
    using QAbstractTableModel::QAbstractTableModel;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
    }
    [[nodiscard]] const QList<Row> &rows() const { return m_rows; }
    [[nodiscard]] const Row *find(const QString &id) const
    {
        for (const Row &row : m_rows) {
            if (row.id() == id)
                return &row;
        }
        return nullptr;
    }

protected:
    void apply(const QList<Row> &fresh)
    {
        QHash<QString, const Row *> byId;
        for (const Row &row : fresh)
            byId.insert(row.id(), &row);
        for (int i = static_cast<int>(m_rows.size()) - 1; i >= 0; --i) {
            if (byId.contains(m_rows[i].id()))
                continue;
            this->beginRemoveRows({}, i, i);
            m_rows.removeAt(i);
            this->endRemoveRows();
        }
        QSet<QString> known;
        for (int i = 0; i < m_rows.size(); ++i) {
            known.insert(m_rows[i].id());
            replaceRow(i, *byId.value(m_rows[i].id()));
        }
        QList<Row> added;
        for (const Row &row : fresh) {
            if (known.contains(row.id()))
                continue;
            known.insert(row.id());  // an id that comes twice is one row
            added.append(row);
        }
        if (added.isEmpty())
            return;
        const int first = static_cast<int>(m_rows.size());
        this->beginInsertRows({}, first, first + static_cast<int>(added.size()) - 1);
        m_rows += added;
        this->endInsertRows();
    }

    /// Changes one row, by what the function does to a copy.
    void change(const QString &id, const std::function<void(Row &)> &how)
    {
        for (int i = 0; i < m_rows.size(); ++i) {
            if (m_rows[i].id() != id)
                continue;
            Row row = m_rows[i];
            how(row);
            replaceRow(i, row);
            return;
        }
    }

    void changeAll(const std::function<void(Row &)> &how)
    {
        for (int i = 0; i < m_rows.size(); ++i) {
            Row row = m_rows[i];
            how(row);
            replaceRow(i, row);
        }
    }

private:
    void replaceRow(int i, const Row &row)
    {
        if (m_rows[i] == row)
            return;
        m_rows[i] = row;
        Q_EMIT this->dataChanged(this->index(i, 0), this->index(i, this->columnCount() - 1));
    }

    QList<Row> m_rows;
};

}  // namespace maxiofs::models
