// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/main_window.h"

#include "core/format.h"
#include "pages/cluster_menu.h"
#include "pages/connection_status.h"
#include "pages/connections_page.h"
#include "pages/preferences_page.h"
#include "pages/session_flow.h"
#include "pages/workspace.h"
#include "theme/theme.h"
#include "widgets/sidebar.h"

#include <QActionGroup>
#include <QCloseEvent>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QMenuBar>
#include <QMessageBox>
#include <QStackedWidget>
#include <QVariant>

#include <algorithm>

namespace maxiofs::pages {

using namespace Qt::StringLiterals;
using models::SidebarModel;
using theme::Status;
using State = core::ConnectionState::State;

MainWindow::MainWindow(const Services &services, QWidget *parent)
    : QMainWindow(parent),
      m_services(services),
      m_stack(new QStackedWidget),
      m_connectionsPage(new ConnectionsPage(m_connections)),
      m_preferencesPage(new PreferencesPage(services.settings, services.keeper)),
      m_flow(new SessionFlow(services, *this)),
      m_status(new ConnectionStatus),
      m_themes(new QActionGroup(this))
{
    setObjectName(u"mainWindow"_s);
    setWindowIcon(QIcon(u":/icons/maxiofs.svg"_s));
    m_fixed.setClusters(
        {{.id = u"connections"_s, .name = tr("Connections"), .tag = {}, .icon = u"plug"_s, .pages = {}},
         {.id = u"preferences"_s, .name = tr("Preferences"), .tag = {}, .icon = u"settings"_s, .pages = {}}});
    m_sidebar = new widgets::Sidebar(&m_clusters, &m_fixed);
    auto *central = new QWidget;
    auto *row = new QHBoxLayout(central);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_sidebar);
    m_stack->setObjectName(u"pages"_s);
    m_stack->addWidget(m_connectionsPage);
    m_stack->addWidget(m_preferencesPage);
    row->addWidget(m_stack, 1);
    setCentralWidget(central);
    setMinimumSize(1000, 640);
    resize(1440, 900);
    buildMenus();
    setStatusBar(m_status);

    connect(m_sidebar, &widgets::Sidebar::chosen, this, [this](const QModelIndex &index) {
        if (index.model() == &m_fixed) {
            go({}, m_fixed.clusterOf(index));
            return;
        }
        const QString id = m_clusters.clusterOf(index);
        const QString page = m_clusters.pageOf(index);
        if (page.isEmpty())
            openProfile(id);
        else
            go(id, page);
    });
    const auto newConnection = [this] {
        m_connectionsPage->form()->clear();
        go({}, u"connections"_s);
        m_connectionsPage->form()->focusAddress();
    };
    connect(m_sidebar, &widgets::Sidebar::addRequested, this, newConnection);
    connect(findChild<QAction *>(u"newConnection"_s), &QAction::triggered, this, newConnection);
    connect(m_connectionsPage, &ConnectionsPage::openRequested, this, &MainWindow::openProfile);
    connect(m_connectionsPage, &ConnectionsPage::signOutRequested, this, [this](const QString &id) {
        if (Workspace *open = workspace(id))
            open->connection().signOut();
    });
    connect(m_connectionsPage, &ConnectionsPage::editRequested, this, [this](const QString &id) {
        if (const auto profile = m_services.settings.profile(id)) {
            m_connectionsPage->form()->edit(*profile);
            m_connectionsPage->form()->focusAddress();
        }
    });
    connect(m_connectionsPage, &ConnectionsPage::removeRequested, this, &MainWindow::removeProfile);
    connect(m_connectionsPage->form(), &ConnectionForm::connectRequested, this, &MainWindow::connectFromForm);
    connect(m_connectionsPage->form(), &ConnectionForm::trustRequested, this,
            [this](const core::CertificateFacts &facts, const QString &before) {
                m_flow->askTrust(facts, before, [this, fingerprint = facts.fingerprint] {
                    m_connectionsPage->form()->trust(fingerprint);
                });
            });
    connect(m_preferencesPage, &PreferencesPage::themeChosen, this, &MainWindow::chooseTheme);
    connect(m_preferencesPage, &PreferencesPage::vaultRequested, this, [this] { m_flow->askVault([] {}); });
    connect(m_flow, &SessionFlow::profileChanged, this, [this](const core::Profile &profile) {
        if (m_services.settings.profile(profile.id))
            m_services.settings.saveProfile(profile);
    });
    connect(m_flow, &SessionFlow::failed, this, &MainWindow::showProblem);
    connect(&services.settings, &core::Settings::profilesChanged, this, &MainWindow::refreshLists);
    const auto keeperChanged = [this] {
        const secrets::SecretStore &store = m_services.keeper.store();
        m_connectionsPage->setKeepingPlace(store.name(), store.isLasting());
        m_preferencesPage->showKeeper();
        refreshStatus();
    };
    connect(&services.keeper, &secrets::Keeper::ready, this, keeperChanged);
    connect(&services.keeper, &secrets::Keeper::storeChanged, this, keeperChanged);
    keeperChanged();
    m_tick.setInterval(1000);
    connect(&m_tick, &QTimer::timeout, this, &MainWindow::refreshStatus);
    m_tick.start();
    restoreGeometry(services.settings.layoutOf(objectName()));
    refreshLists();
    go({}, u"connections"_s);
}

MainWindow::~MainWindow()
{
    m_tick.stop();
    // A workspace that ends its streams still tells of it: there is nothing left to show that in.
    for (const auto &[id, workspace] : m_workspaces)
        disconnect(workspace.get(), nullptr, this, nullptr);
    m_workspaces.clear();
}

void MainWindow::buildMenus()
{
    const auto add = [](QMenu *menu, const QString &name, const QString &text, const QKeySequence &key) {
        QAction *action = menu->addAction(text);
        action->setObjectName(name);
        action->setShortcut(key);
        return action;
    };
    QMenu *file = menuBar()->addMenu(tr("&File"));
    add(file, u"newConnection"_s, tr("&Connect to a cluster"), QKeySequence(u"Ctrl+Shift+C"_s));
    m_signOut = add(file, u"signOut"_s, tr("&Sign out"), {});
    file->addSeparator();
    connect(add(file, u"preferences"_s, tr("&Preferences"), QKeySequence(u"Ctrl+,"_s)), &QAction::triggered,
            this, [this] { go({}, u"preferences"_s); });
    file->addSeparator();
    connect(add(file, u"quit"_s, tr("&Quit"), QKeySequence(u"Ctrl+Q"_s)), &QAction::triggered, this,
            &QWidget::close);

    m_clusterMenu = new ClusterMenu(this);
    menuBar()->addMenu(m_clusterMenu);
    connect(m_clusterMenu, &ClusterMenu::pageRequested, this,
            [this](const QString &page) { go(m_place.cluster, page); });
    connect(m_clusterMenu, &ClusterMenu::exportRequested, this, &MainWindow::exportTable);

    QMenu *view = menuBar()->addMenu(tr("&View"));
    QAction *fold = add(view, u"foldSidebar"_s, tr("Fold the &sidebar"), QKeySequence(u"Ctrl+B"_s));
    fold->setCheckable(true);
    connect(fold, &QAction::toggled, this, [this](bool folded) { m_sidebar->setFolded(folded); });
    m_filter = add(view, u"filter"_s, tr("&Filter the table"), QKeySequence(u"Ctrl+F"_s));
    view->addSeparator();
    for (const auto &[name, text] : {std::pair(u"light"_s, tr("&Light")), std::pair(u"dark"_s, tr("&Dark")),
                                     std::pair(u"system"_s, tr("S&ystem"))}) {
        QAction *action = add(view, u"theme-"_s + name, text, {});
        action->setCheckable(true);
        action->setData(name);
        m_themes->addAction(action);
    }
    connect(m_themes, &QActionGroup::triggered, this,
            [this](QAction *action) { chooseTheme(action->data().toString()); });

    QMenu *help = menuBar()->addMenu(tr("&Help"));
    connect(add(help, u"about"_s, tr("&About MaxIOFS"), {}), &QAction::triggered, this,
            &MainWindow::showAbout);

    connect(m_signOut, &QAction::triggered, this, [this] {
        if (Workspace *open = current())
            open->connection().signOut();
    });
    connect(m_filter, &QAction::triggered, this, &MainWindow::focusFilter);
    for (QAction *theme : m_themes->actions())
        theme->setChecked(theme->data().toString() == m_services.settings.themeName());
}

void MainWindow::chooseTheme(const QString &name)
{
    m_services.settings.setThemeName(name);
    theme::Theme::instance().setMode(name == u"light"_s  ? theme::Theme::Mode::Light
                                     : name == u"dark"_s ? theme::Theme::Mode::Dark
                                                         : theme::Theme::Mode::System);
    for (QAction *action : m_themes->actions())
        action->setChecked(action->data().toString() == name);
    m_preferencesPage->showTheme();
}

Workspace *MainWindow::workspace(const QString &id) const
{
    const auto found = m_workspaces.find(id);
    return found == m_workspaces.end() ? nullptr : found->second.get();
}

Workspace *MainWindow::current() const
{
    return workspace(m_place.cluster);
}

Workspace &MainWindow::openWorkspace(const core::Profile &profile, bool saved)
{
    if (Workspace *open = workspace(profile.id))
        return *open;
    auto made = std::make_unique<Workspace>(profile, saved, m_services);
    Workspace &opened = *made;
    for (QWidget *page : opened.pages())
        m_stack->addWidget(page);
    connect(&opened, &Workspace::changed, this, &MainWindow::refreshLists);
    connect(&opened, &Workspace::decisionRequested, this, [this, &opened] { m_flow->decide(opened); });
    m_flow->watch(opened);
    m_workspaces.emplace(profile.id, std::move(made));
    refreshLists();
    return opened;
}

void MainWindow::connectTo(const core::Profile &profile, const QString &password)
{
    Workspace &opened = openWorkspace(profile, false);
    go(profile.id, u"overview"_s);
    if (password.isEmpty())
        m_flow->open(opened);
    else
        m_flow->openWith(opened, password);
}

bool MainWindow::openNamed(const QString &name)
{
    for (const core::Profile &profile : m_services.settings.profiles()) {
        if (profile.name == name) {
            openProfile(profile.id);
            return true;
        }
    }
    return false;
}

void MainWindow::openProfile(const QString &id)
{
    Workspace *open = workspace(id);
    if (!open) {
        const auto profile = m_services.settings.profile(id);
        if (!profile)
            return;
        open = &openWorkspace(*profile, true);
    }
    go(id, u"overview"_s);
    if (open->connection().state().state() == State::SignedOut)
        m_flow->open(*open);
}

void MainWindow::connectFromForm(const core::Profile &profile, const QString &password)
{
    m_services.settings.saveProfile(profile);
    Workspace *open = workspace(profile.id);
    if (open) {
        open->connection().signOut();
        open->connection().setProfile(profile);
    } else {
        open = &openWorkspace(profile, true);
    }
    go(profile.id, u"overview"_s);
    m_flow->openWith(*open, password);
    m_connectionsPage->form()->clear();
}

void MainWindow::removeProfile(const QString &id)
{
    const auto profile = m_services.settings.profile(id);
    const QString name = profile ? profile->name : workspace(id) ? workspace(id)->profile().name : QString();
    auto *box = new QMessageBox(
        QMessageBox::Question, tr("Remove connection"),
        tr("Remove the connection %1? Its password is forgotten; the cluster is not changed.").arg(name),
        QMessageBox::Cancel, this);
    box->setObjectName(u"removeQuestion"_s);
    box->setAttribute(Qt::WA_DeleteOnClose);
    QPushButton *remove = box->addButton(tr("Remove"), QMessageBox::DestructiveRole);
    remove->setObjectName(u"confirmRemove"_s);
    connect(remove, &QPushButton::clicked, this, [this, id, profile] {
        if (profile)
            m_flow->forget(*profile);
        if (m_place.cluster == id)
            go({}, u"connections"_s);
        m_workspaces.erase(id);
        m_services.settings.removeProfile(id);
        refreshLists();
    });
    box->open();
}

QString MainWindow::nameOfPage(const QString &page) const
{
    if (page == u"overview"_s)
        return tr("Overview");
    if (page == u"nodes"_s)
        return tr("Nodes");
    if (page == u"buckets"_s)
        return tr("Buckets");
    if (page == u"replication"_s)
        return tr("Replication");
    return page == u"preferences"_s ? tr("Preferences") : tr("Connections");
}

void MainWindow::go(const QString &cluster, const QString &page)
{
    Workspace *open = workspace(cluster);
    if (!open && !cluster.isEmpty())
        return;
    m_place = {cluster, page};
    m_flow->setVisible(open);
    if (open)
        m_stack->setCurrentWidget(open->page(page));
    else
        m_stack->setCurrentWidget(page == u"preferences"_s ? static_cast<QWidget *>(m_preferencesPage)
                                                           : m_connectionsPage);
    if (open) {
        m_sidebar->expand(m_clusters.indexOf(cluster));
        m_sidebar->setCurrent(m_clusters.indexOf(cluster, page));
        setWindowTitle(tr("%1 – %2 – MaxIOFS", "cluster, page").arg(open->profile().name, nameOfPage(page)));
    } else {
        m_sidebar->setCurrent(m_fixed.indexOf(page));
        setWindowTitle(tr("%1 – MaxIOFS", "page").arg(nameOfPage(page)));
    }
    focusPage();
    refreshActions();
    refreshStatus();
}

void MainWindow::focusPage()
{
    // Where the work of a page begins; a page without such a place leaves the focus in the sidebar.
    for (const QString &name :
         {u"nodesTable"_s, u"allNodesTable"_s, u"bucketsTable"_s, u"rulesTable"_s, u"address"_s}) {
        if (auto *view = m_stack->currentWidget()->findChild<QWidget *>(name)) {
            view->setFocus();
            return;
        }
    }
    m_sidebar->fixedList()->setFocus();
}

void MainWindow::refreshLists()
{
    QList<core::Profile> profiles = m_services.settings.profiles();
    for (const auto &[id, open] : m_workspaces) {
        if (!open->isSaved())
            profiles.append(open->profile());
    }
    QList<SidebarModel::Cluster> clusters;
    QList<models::ConnectionRow> rows;
    for (const core::Profile &profile : profiles) {
        Workspace *open = workspace(profile.id);
        models::ConnectionRow row{.profile = profile};
        SidebarModel::Cluster cluster{.id = profile.id,
                                      .name = profile.name,
                                      .tag = profile.tag,
                                      .icon = {},
                                      .status = Status::Unknown,
                                      .pages = {}};
        if (open) {
            row.profile = open->profile();
            row.state = open->connection().state().state();
            const auto &problem = open->connection().state().problem();
            row.certificateWaits =
                row.state == State::Unreachable && problem && problem->needsTrustDecision();
            cluster.status = open->cluster().worst();
            const bool known = open->cluster().hasBuckets();
            const Status attention = open->cluster().attention().worst();
            cluster.pages = {
                {.key = u"overview"_s,
                 .name = nameOfPage(u"overview"_s),
                 .icon = u"layout-dashboard"_s,
                 .count = {},
                 .status = attention == Status::Ok ? Status::None : attention},
                {.key = u"nodes"_s,
                 .name = nameOfPage(u"nodes"_s),
                 .icon = u"server"_s,
                 .count = open->cluster().health() ? core::Format::count(open->cluster().health()->totalNodes)
                                                   : QString(),
                 .status = open->cluster().worstNode()},
                {.key = u"buckets"_s,
                 .name = nameOfPage(u"buckets"_s),
                 .icon = u"database"_s,
                 .count = known ? core::Format::count(open->cluster().buckets().rowCount()) : QString()},
                {.key = u"replication"_s,
                 .name = nameOfPage(u"replication"_s),
                 .icon = u"repeat-2"_s,
                 .count = open->replication().hasRules()
                              ? core::Format::count(open->replication().rules().rowCount())
                              : QString(),
                 .status =
                     open->connection().isConnected() ? open->replication().rules().worst() : Status::None}};
        }
        clusters.append(cluster);
        // What the command line opened is no saved connection.
        if (!open || open->isSaved())
            rows.append(row);
    }
    m_clusters.setClusters(clusters);
    m_connections.setConnections(rows);
    refreshActions();
    refreshStatus();
}

void MainWindow::refreshActions()
{
    Workspace *open = current();
    m_signOut->setEnabled(open && open->connection().state().state() != State::SignedOut);
    m_clusterMenu->present(open, m_place.page);
    m_filter->setEnabled(open != nullptr);
}

void MainWindow::refreshStatus()
{
    m_status->showSecretStore(m_services.keeper.store().name());
    if (Workspace *open = current()) {
        m_status->showCluster(*open);
        return;
    }
    const auto connected = std::ranges::count_if(
        m_workspaces, [](const auto &one) { return one.second->connection().isConnected(); });
    m_status->showAll(static_cast<int>(connected), m_clusters.rowCount());
}

void MainWindow::focusFilter()
{
    for (QLineEdit *field : m_stack->currentWidget()->findChildren<QLineEdit *>()) {
        if (field->property("filter").toBool() && field->isVisible()) {
            field->setFocus();
            field->selectAll();
            return;
        }
    }
}

void MainWindow::exportTable()
{
    for (const QString &name : {u"nodesExport"_s, u"allNodesExport"_s, u"bucketsExport"_s, u"rulesExport"_s,
                                u"conflictsExport"_s}) {
        auto *button = m_stack->currentWidget()->findChild<QToolButton *>(name);
        if (button && button->isVisible())
            button->click();
    }
}

void MainWindow::showProblem(const core::Problem &problem)
{
    auto *box = new QMessageBox(QMessageBox::Warning, windowTitle(), problem.summary, QMessageBox::Ok, this);
    box->setInformativeText(problem.detail);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->open();
}

void MainWindow::showAbout()
{
    auto *box =
        new QMessageBox(QMessageBox::NoIcon, tr("About MaxIOFS"),
                        tr("MaxIOFS %1").arg(QStringLiteral(MAXIOFS_VERSION)), QMessageBox::Close, this);
    box->setObjectName(u"aboutBox"_s);
    box->setIconPixmap(windowIcon().pixmap(48, 48));
    box->setInformativeText(
        tr("An S3 object store that runs on one or several nodes, and this program, which "
           "administers it.\n\nFree software under the GNU General Public License, version 3 or "
           "later. Charts by Qt Charts, credentials by QtKeychain."));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->open();
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    m_services.settings.saveLayout(objectName(), saveGeometry());
    QMainWindow::closeEvent(event);
}

}  // namespace maxiofs::pages
