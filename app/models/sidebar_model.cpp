// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/sidebar_model.h"

#include "core/item_roles.h"

#include <algorithm>

namespace maxiofs::models {

SidebarModel::~SidebarModel() = default;

void SidebarModel::setClusters(const QList<Cluster> &clusters)
{
    for (int i = static_cast<int>(m_nodes.size()) - 1; i >= 0; --i) {
        if (std::ranges::find(clusters, m_nodes[static_cast<std::size_t>(i)]->id, &Cluster::id) !=
            clusters.end())
            continue;
        beginRemoveRows({}, i, i);
        m_nodes.erase(m_nodes.begin() + i);
        endRemoveRows();
    }
    for (int i = 0; i < clusters.size(); ++i) {
        const auto at = std::ranges::find_if(
            m_nodes, [&](const std::unique_ptr<Cluster> &node) { return node->id == clusters[i].id; });
        const int from = static_cast<int>(at - m_nodes.begin());
        if (at == m_nodes.end()) {
            beginInsertRows({}, i, i);
            m_nodes.insert(m_nodes.begin() + i, std::make_unique<Cluster>(clusters[i]));
            endInsertRows();
            continue;
        }
        if (from != i) {  // those before i are in their places, so it comes from below
            beginMoveRows({}, from, from, {}, i);
            std::rotate(m_nodes.begin() + i, m_nodes.begin() + from, m_nodes.begin() + from + 1);
            endMoveRows();
        }
        Cluster &known = *m_nodes[static_cast<std::size_t>(i)];
        setPages(i, clusters[i].pages);
        if (known == clusters[i])
            continue;
        known = clusters[i];
        Q_EMIT dataChanged(index(i, 0), index(i, 0));
    }
}

void SidebarModel::setPages(int row, const QList<Page> &pages)
{
    Cluster &cluster = *m_nodes[static_cast<std::size_t>(row)];
    const QModelIndex parentIndex = index(row, 0);
    const auto keys = [](const QList<Page> &list) {
        QStringList all;
        for (const Page &page : list)
            all << page.key;
        return all;
    };
    if (keys(cluster.pages) == keys(pages)) {
        for (int i = 0; i < pages.size(); ++i) {
            if (cluster.pages[i] == pages[i])
                continue;
            cluster.pages[i] = pages[i];
            Q_EMIT dataChanged(index(i, 0, parentIndex), index(i, 0, parentIndex));
        }
        return;
    }
    if (!cluster.pages.isEmpty()) {
        beginRemoveRows(parentIndex, 0, static_cast<int>(cluster.pages.size()) - 1);
        cluster.pages.clear();
        endRemoveRows();
    }
    if (!pages.isEmpty()) {
        beginInsertRows(parentIndex, 0, static_cast<int>(pages.size()) - 1);
        cluster.pages = pages;
        endInsertRows();
    }
}

QModelIndex SidebarModel::indexOf(const QString &cluster, const QString &page) const
{
    for (std::size_t i = 0; i < m_nodes.size(); ++i) {
        if (m_nodes[i]->id != cluster)
            continue;
        const QModelIndex found = index(static_cast<int>(i), 0);
        if (page.isEmpty())
            return found;
        for (int p = 0; p < m_nodes[i]->pages.size(); ++p) {
            if (m_nodes[i]->pages[p].key == page)
                return index(p, 0, found);
        }
    }
    return {};
}

QString SidebarModel::clusterOf(const QModelIndex &index) const
{
    if (!index.isValid())
        return {};
    if (const auto *cluster = static_cast<const Cluster *>(index.internalPointer()))
        return cluster->id;
    return m_nodes[static_cast<std::size_t>(index.row())]->id;
}

QString SidebarModel::pageOf(const QModelIndex &index) const
{
    const auto *cluster = static_cast<const Cluster *>(index.internalPointer());
    return index.isValid() && cluster ? cluster->pages[index.row()].key : QString();
}

QModelIndex SidebarModel::index(int row, int column, const QModelIndex &parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    // A cluster's index points to nothing, a page's to its cluster.
    if (!parent.isValid())
        return createIndex(row, column, nullptr);
    return createIndex(row, column, m_nodes[static_cast<std::size_t>(parent.row())].get());
}

QModelIndex SidebarModel::parent(const QModelIndex &child) const
{
    const auto *cluster = static_cast<const Cluster *>(child.internalPointer());
    if (!child.isValid() || !cluster)
        return {};
    const auto at = std::ranges::find_if(
        m_nodes, [cluster](const std::unique_ptr<Cluster> &node) { return node.get() == cluster; });
    return at == m_nodes.end() ? QModelIndex()
                               : createIndex(static_cast<int>(at - m_nodes.begin()), 0, nullptr);
}

int SidebarModel::rowCount(const QModelIndex &parent) const
{
    if (!parent.isValid())
        return static_cast<int>(m_nodes.size());
    if (parent.internalPointer() || parent.column() > 0)
        return 0;
    return static_cast<int>(m_nodes[static_cast<std::size_t>(parent.row())]->pages.size());
}

int SidebarModel::columnCount(const QModelIndex &) const
{
    return 1;
}

QVariant SidebarModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    if (const auto *owner = static_cast<const Cluster *>(index.internalPointer())) {
        const Page &page = owner->pages[index.row()];
        switch (role) {
        case Qt::DisplayRole: return page.name;
        case core::IdRole: return page.key;
        case core::IconRole: return page.icon;
        case core::CountRole: return page.count;
        case core::StatusRole: return static_cast<int>(page.status);
        case Qt::ToolTipRole: return page.name;
        default: return {};
        }
    }
    const Cluster &cluster = *m_nodes[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
    case Qt::ToolTipRole: return cluster.name;
    case core::IdRole: return cluster.id;
    case core::IconRole: return cluster.icon;
    case core::TagRole: return cluster.tag;
    case core::StatusRole: return static_cast<int>(cluster.status);
    default: return {};
    }
}

}  // namespace maxiofs::models
