// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/sidebar.h"

#include "theme/typography.h"
#include "widgets/icon_button.h"
#include "widgets/sidebar_delegate.h"
#include "widgets/text_label.h"

#include <QHBoxLayout>
#include <QListView>
#include <QTreeView>
#include <QVBoxLayout>

namespace maxiofs::widgets {

using namespace Qt::StringLiterals;
using theme::Typography;

Sidebar::Sidebar(QAbstractItemModel *clusters, QAbstractItemModel *fixed, QWidget *parent)
    : QFrame(parent),
      m_tree(new QTreeView),
      m_fixed(new QListView),
      m_title(new TextLabel(tr("CLUSTERS"), Typography::Role::CaptionStrong, TextLabel::Tone::Muted)),
      m_add(new IconButton(u"plus"_s, tr("Connect to a cluster"), u"Ctrl+Shift+C"_s))
{
    setObjectName(u"sidebar"_s);
    QFont spaced = m_title->font();
    spaced.setLetterSpacing(QFont::AbsoluteSpacing, 0.6);
    m_title->setFont(spaced);

    m_tree->setObjectName(u"sidebarTree"_s);
    m_tree->setAccessibleName(tr("Clusters and their pages"));
    m_tree->setModel(clusters);
    m_tree->setHeaderHidden(true);
    m_tree->setIndentation(0);
    m_tree->setRootIsDecorated(false);
    m_tree->setUniformRowHeights(true);
    m_tree->setExpandsOnDoubleClick(false);
    m_tree->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_fixed->setObjectName(u"sidebarFixed"_s);
    m_fixed->setAccessibleName(tr("Connections and preferences"));
    m_fixed->setModel(fixed);
    m_fixed->setUniformItemSizes(true);
    m_fixed->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_fixed->setFixedHeight(fixed->rowCount() * Typography::scaled(28));
    for (QAbstractItemView *view :
         {static_cast<QAbstractItemView *>(m_tree), static_cast<QAbstractItemView *>(m_fixed)}) {
        view->setItemDelegate(new SidebarDelegate(view));
        view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        view->setMouseTracking(true);
        view->setFrameShape(QFrame::NoFrame);
        connect(view, &QAbstractItemView::clicked, this, &Sidebar::chosen);
        connect(view, &QAbstractItemView::activated, this, &Sidebar::chosen);
    }

    auto *head = new QHBoxLayout;
    head->setContentsMargins(16, 0, 12, 0);
    head->addWidget(m_title);
    head->addStretch();
    m_add->setObjectName(u"addConnection"_s);
    head->addWidget(m_add);
    connect(m_add, &QToolButton::clicked, this, &Sidebar::addRequested);

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 10, 1, 8);
    column->setSpacing(4);
    column->addLayout(head);
    column->addWidget(m_tree, 1);
    column->addWidget(m_fixed);
    setFixedWidth(Typography::scaled(kWidth));
}

void Sidebar::setCurrent(const QModelIndex &index)
{
    const bool inTree = index.isValid() && index.model() == m_tree->model();
    m_tree->setCurrentIndex(inTree ? index : QModelIndex());
    m_fixed->setCurrentIndex(index.isValid() && !inTree ? index : QModelIndex());
}

void Sidebar::expand(const QModelIndex &cluster)
{
    m_tree->expand(cluster);
}

void Sidebar::setFolded(bool folded)
{
    m_folded = folded;
    for (QAbstractItemView *view :
         {static_cast<QAbstractItemView *>(m_tree), static_cast<QAbstractItemView *>(m_fixed)})
        static_cast<SidebarDelegate *>(view->itemDelegate())->setFolded(folded);
    m_title->setVisible(!folded);
    m_add->setVisible(!folded);
    setFixedWidth(Typography::scaled(folded ? kFoldedWidth : kWidth));
    m_tree->viewport()->update();
    m_fixed->viewport()->update();
}

}  // namespace maxiofs::widgets
