// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/node_actions.h"

#include "wizards/add_node_dialog.h"
#include "wizards/edit_node_dialog.h"
#include "wizards/initialize_dialog.h"
#include "wizards/join_dialog.h"
#include "wizards/remove_node_dialog.h"
#include "wizards/rotate_dialog.h"
#include "wizards/token_dialog.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QMenu>
#include <QUrl>

#include <algorithm>

namespace maxiofs::pages {

using namespace Qt::StringLiterals;
using widgets::FormDialog;

namespace {

QString hostOf(const std::string &endpoint)
{
    return QUrl(QString::fromStdString(endpoint)).authority();
}

}  // namespace

NodeActions::NodeActions(models::LiveCluster &cluster, QObject *parent) : DialogActions(cluster, parent) {}

QString NodeActions::refusal() const
{
    return refusalFor(tr("Only an administrator can change nodes."));
}

const protocol::Node *NodeActions::self() const
{
    for (const models::NodeRow &row : cluster().nodes().rows()) {
        if (row.node.isLocal)
            return &row.node;
    }
    return nullptr;
}

QStringList NodeActions::bucketsOf(const QString &node) const
{
    QStringList names;
    for (const models::BucketRow &row : cluster().buckets().rows()) {
        if (QString::fromStdString(row.bucket.primaryNode) == node)
            names << QString::fromStdString(row.bucket.name);
    }
    return names;
}

void NodeActions::showToken(const QString &title, std::string token, QWidget *window)
{
    release();
    show(new wizards::TokenDialog(title, QString::fromStdString(token), window));
    std::ranges::fill(token, '\0');
}

void NodeActions::initialize(QWidget *near)
{
    if (!refusal().isEmpty())
        return;
    const protocol::Node *node = self();
    auto *dialog = new wizards::InitializeDialog(node ? QString::fromStdString(node->name) : QString(),
                                                 node ? QString::fromStdString(node->region) : QString(),
                                                 near->window());
    if (!show(dialog))
        return;
    connect(dialog, &FormDialog::submitted, this, [this, dialog, window = QPointer(near->window())] {
        run<protocol::InitializedCluster>(dialog, host(), true, client().initializeCluster(dialog->request()),
                                          [this, window](protocol::InitializedCluster &answer) {
                                              showToken(tr("The cluster’s token"),
                                                        std::move(answer.clusterToken), window);
                                          });
    });
}

void NodeActions::join(QWidget *near)
{
    if (!refusal().isEmpty())
        return;
    const protocol::Node *node = self();
    auto *dialog =
        new wizards::JoinDialog(node ? QString::fromStdString(node->name) : QString(),
                                node ? QString::fromStdString(node->region) : QString(), near->window());
    if (!show(dialog))
        return;
    connect(dialog, &FormDialog::submitted, this, [this, dialog] {
        const protocol::NodeRequest request = dialog->request();
        run<protocol::AddedNode>(
            dialog, hostOf(request.endpoint), true, client().addNode(request),
            [this](protocol::AddedNode &answer) {
                const auto renamed =
                    static_cast<int>(answer.renamedUsers.size() + answer.renamedBuckets.size());
                if (renamed > 0)
                    cluster().events().note(
                        theme::Status::Warn,
                        tr("%n users and buckets of this node got other names", nullptr, renamed));
            });
    });
}

void NodeActions::add(QWidget *near)
{
    if (!refusal().isEmpty() || !isCluster())
        return;
    auto *dialog = new wizards::AddNodeDialog(near->window());
    if (!show(dialog))
        return;
    connect(dialog, &FormDialog::submitted, this, [this, dialog] {
        const protocol::NodeRequest request = dialog->request();
        run<protocol::AddedNode>(dialog, hostOf(request.endpoint), false, client().addNode(request),
                                 [](protocol::AddedNode &) {});
    });
}

void NodeActions::edit(const QString &node, QWidget *near)
{
    const models::NodeRow *row = cluster().nodes().find(node);
    if (!row || !refusal().isEmpty())
        return;
    auto *dialog = new wizards::EditNodeDialog(row->node, near->window());
    if (!show(dialog))
        return;
    connect(dialog, &FormDialog::submitted, this, [this, dialog, node] {
        run<protocol::Node>(dialog, host(), false, client().changeNode(node, dialog->change()),
                            [](protocol::Node &) {});
    });
}

void NodeActions::remove(const QString &node, QWidget *near)
{
    const models::NodeRow *row = cluster().nodes().find(node);
    if (!row || !refusal().isEmpty() || !isCluster())
        return;
    if (row->node.isLocal) {
        leave(near);
        return;
    }
    auto *dialog = new wizards::RemoveNodeDialog(QString::fromStdString(row->node.name), false,
                                                 bucketsOf(node), near->window());
    if (!show(dialog))
        return;
    connect(dialog, &FormDialog::submitted, this, [this, dialog, node] {
        run<QJsonValue>(dialog, host(), false, client().removeNode(node, dialog->force()),
                        [](QJsonValue &) {});
    });
}

void NodeActions::leave(QWidget *near)
{
    const protocol::Node *node = self();
    if (!node || !refusal().isEmpty() || !isCluster())
        return;
    auto *dialog = new wizards::RemoveNodeDialog(QString::fromStdString(node->name), true,
                                                 bucketsOf(QString::fromStdString(node->id)), near->window());
    if (!show(dialog))
        return;
    connect(dialog, &FormDialog::submitted, this, [this, dialog] {
        run<protocol::LeftCluster>(dialog, host(), true, client().leaveCluster(dialog->force()),
                                   [](protocol::LeftCluster &) {});
    });
}

void NodeActions::rotate(QWidget *near)
{
    if (!refusal().isEmpty() || !isCluster())
        return;
    auto *dialog = new wizards::RotateDialog(QString::fromStdString(cluster().config()->tokenFingerprint),
                                             near->window());
    if (!show(dialog))
        return;
    connect(dialog, &FormDialog::submitted, this, [this, dialog, window = QPointer(near->window())] {
        run<protocol::RotatedToken>(
            dialog, host(), false, client().rotateToken(), [this, window](protocol::RotatedToken &answer) {
                showToken(tr("The cluster’s new token"), std::move(answer.clusterToken), window);
            });
    });
}

void NodeActions::showMenu(const QString &node, const QPoint &at, QWidget *near)
{
    const models::NodeRow *row = cluster().nodes().find(node);
    if (!row)
        return;
    auto *menu = new QMenu(near);
    menu->setObjectName(u"nodeMenu"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setToolTipsVisible(true);
    const QString why = refusal();
    const auto add = [&](const QString &name, const QString &text, const QKeySequence &key,
                         const std::function<void()> &act, bool changes = true) {
        QAction *action = menu->addAction(text);
        action->setObjectName(name);
        // Shown only: the table itself listens to the key.
        action->setShortcut(key);
        action->setShortcutContext(Qt::WidgetShortcut);
        action->setEnabled(!changes || why.isEmpty());
        action->setToolTip(changes ? why : QString());
        connect(action, &QAction::triggered, this, act);
    };
    add(u"nodeEdit"_s, tr("Edit…"), QKeySequence(Qt::Key_F2), [this, node, near] { edit(node, near); });
    const auto copy = [](const std::string &text) {
        return [text = QString::fromStdString(text)] { QGuiApplication::clipboard()->setText(text); };
    };
    add(u"nodeCopyEndpoint"_s, tr("Copy endpoint"), {}, copy(row->node.endpoint), false);
    add(u"nodeCopyId"_s, tr("Copy node ID"), {}, copy(row->node.id), false);
    menu->addSeparator();
    if (!isCluster()) {
        add(u"nodeInitialize"_s, tr("Initialize cluster…"), {}, [this, near] { initialize(near); });
        add(u"nodeJoin"_s, tr("Join a cluster…"), {}, [this, near] { join(near); });
    } else {
        add(u"nodeRemove"_s, row->node.isLocal ? tr("Leave the cluster…") : tr("Remove…"),
            QKeySequence(Qt::Key_Delete), [this, node, near] { remove(node, near); });
    }
    menu->popup(at);
}

}  // namespace maxiofs::pages
