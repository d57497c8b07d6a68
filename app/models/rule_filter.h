// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSortFilterProxyModel>

namespace maxiofs::models {

// The rules of one kind: all, those with a problem, those that are paused. By core::StatusRole and
// core::KindRole.
class RuleFilter : public QSortFilterProxyModel {
    Q_OBJECT
public:
    enum class Kind { All, Problems, Paused };

    using QSortFilterProxyModel::QSortFilterProxyModel;

    void setKind(Kind kind);
    [[nodiscard]] Kind kind() const { return m_kind; }

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex &parent) const override;

private:
    Kind m_kind = Kind::All;
};

}  // namespace maxiofs::models
