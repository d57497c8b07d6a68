// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/connections_model.h"
#include "models/sidebar_model.h"
#include "pages/services.h"

#include <QMainWindow>
#include <QTimer>

#include <map>
#include <memory>

class QActionGroup;
class QStackedWidget;

namespace maxiofs::widgets {
class Sidebar;
}

namespace maxiofs::pages {

class ClusterMenu;
class ConnectionStatus;
class ConnectionsPage;
class PreferencesPage;
class SessionFlow;
class Workspace;

// The window: menus, the sidebar with clusters and their pages, the page in sight, the status line. Clusters
// that are open stay open, whichever page is shown.
class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    explicit MainWindow(const Services &services, QWidget *parent = nullptr);
    ~MainWindow() override;

    /// Connects to a cluster that need not be saved, as the command line asks.
    void connectTo(const core::Profile &profile, const QString &password);
    /// Opens the saved connection with this name; false where there is none.
    bool openNamed(const QString &name);
    /// Shows a page of a cluster, "overview", "nodes", "buckets" or "replication", or with an empty id
    /// "connections" or "preferences".
    void go(const QString &cluster, const QString &page);
    [[nodiscard]] Workspace *workspace(const QString &id) const;
    [[nodiscard]] SessionFlow &flow() const { return *m_flow; }

protected:
    void closeEvent(QCloseEvent *event) override;

private:
    struct Place {
        QString cluster;
        QString page;
        bool operator==(const Place &) const = default;
    };

    void buildMenus();
    void chooseTheme(const QString &name);
    Workspace &openWorkspace(const core::Profile &profile, bool saved);
    void openProfile(const QString &id);
    void removeProfile(const QString &id);
    void connectFromForm(const core::Profile &profile, const QString &password);
    void refreshLists();
    void refreshStatus();
    void refreshActions();
    void showProblem(const core::Problem &problem);
    void showAbout();
    void focusPage();
    void focusFilter();
    void exportTable();
    [[nodiscard]] Workspace *current() const;
    [[nodiscard]] QString nameOfPage(const QString &page) const;

    Services m_services;
    models::SidebarModel m_clusters;
    models::SidebarModel m_fixed;
    models::ConnectionsModel m_connections;
    std::map<QString, std::unique_ptr<Workspace>> m_workspaces;
    widgets::Sidebar *m_sidebar;
    QStackedWidget *m_stack;
    ConnectionsPage *m_connectionsPage;
    PreferencesPage *m_preferencesPage;
    SessionFlow *m_flow;
    ConnectionStatus *m_status;
    QActionGroup *m_themes;
    QAction *m_signOut;
    ClusterMenu *m_clusterMenu;
    QAction *m_filter;
    Place m_place;
    QTimer m_tick;
};

}  // namespace maxiofs::pages
