// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "theme/status.h"

#include <QAbstractItemModel>
#include <QList>
#include <QString>

#include <memory>
#include <vector>

namespace maxiofs::models {

// The sidebar's upper part: clusters, and below each one that is open its pages. Also serves, with clusters
// that have no pages and an icon, as the fixed list below.
class SidebarModel : public QAbstractItemModel {
    Q_OBJECT
public:
    struct Page {
        QString key;   // "overview"
        QString name;  // as shown
        QString icon;
        QString count;
        theme::Status status = theme::Status::None;

        bool operator==(const Page &) const = default;
    };
    struct Cluster {
        QString id;
        QString name;
        QString tag;
        QString icon;  // empty for a cluster
        theme::Status status = theme::Status::None;
        QList<Page> pages;

        bool operator==(const Cluster &) const = default;
    };

    using QAbstractItemModel::QAbstractItemModel;
    ~SidebarModel() override;

    /// Rows that are still there stay; a cluster's pages may come, go and change.
    void setClusters(const QList<Cluster> &clusters);
    [[nodiscard]] QModelIndex indexOf(const QString &cluster, const QString &page = {}) const;
    /// The keys of an index; the page's is empty for a cluster's row.
    [[nodiscard]] QString clusterOf(const QModelIndex &index) const;
    [[nodiscard]] QString pageOf(const QModelIndex &index) const;

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex &child) const override;
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;

private:
    void setPages(int row, const QList<Page> &pages);

    std::vector<std::unique_ptr<Cluster>>
        m_nodes;  // at stable addresses: a page's index points to its cluster
};

}  // namespace maxiofs::models
