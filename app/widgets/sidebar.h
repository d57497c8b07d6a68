// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QPersistentModelIndex>

class QAbstractItemModel;
class QListView;
class QTreeView;

namespace maxiofs::widgets {

class IconButton;
class TextLabel;

// The window's left side: clusters with their pages, and below, fixed, what belongs to no cluster. Rows carry
// core::IconRole, TagRole, CountRole and StatusRole. Folded, it shows icons only.
class Sidebar : public QFrame {
    Q_OBJECT
public:
    static constexpr int kWidth = 232;
    static constexpr int kFoldedWidth = 48;

    Sidebar(QAbstractItemModel *clusters, QAbstractItemModel *fixed, QWidget *parent = nullptr);

    /// Marks the row as the current page, in whichever list it is, without a signal.
    void setCurrent(const QModelIndex &index);
    void setFolded(bool folded);
    [[nodiscard]] bool isFolded() const { return m_folded; }
    void expand(const QModelIndex &cluster);
    [[nodiscard]] QTreeView *tree() const { return m_tree; }
    [[nodiscard]] QListView *fixedList() const { return m_fixed; }

Q_SIGNALS:
    /// A person chose a row of either model.
    void chosen(const QModelIndex &index);
    void addRequested();

private:
    QTreeView *m_tree;
    QListView *m_fixed;
    TextLabel *m_title;
    IconButton *m_add;
    bool m_folded = false;
};

}  // namespace maxiofs::widgets
