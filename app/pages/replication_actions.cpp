// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/replication_actions.h"

#include "models/health_words.h"
#include "pages/each_of.h"
#include "wizards/bulk_result_dialog.h"
#include "wizards/bulk_rules_dialog.h"
#include "wizards/edit_rule_dialog.h"
#include "wizards/new_rule_dialog.h"
#include "wizards/remove_rule_dialog.h"
#include "wizards/verify_dialog.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QMenu>

namespace maxiofs::pages {

using namespace Qt::StringLiterals;
using widgets::FormDialog;

namespace {

QString routeOf(const models::RuleRow &row)
{
    return ReplicationActions::tr("from %1 to %2", "a rule's nodes").arg(row.source, row.target());
}

}  // namespace

ReplicationActions::ReplicationActions(models::LiveReplication &replication, QObject *parent)
    : DialogActions(replication.cluster(), parent),
      m_replication(replication)
{
}

QString ReplicationActions::refusal() const
{
    const QString why = DialogActions::refusalFor(
        tr("Only an administrator can change replication: your account has not the role admin."));
    if (!why.isEmpty())
        return why;
    return cluster().isCluster() && cluster().nodes().rowCount() > 1
               ? QString()
               : tr("Replication needs a second node: this one is alone.");
}

QString ReplicationActions::refusalFor(const QStringList &rules) const
{
    const QString why = refusal();
    return !why.isEmpty() ? why : rules.isEmpty() ? tr("No rule is selected.") : QString();
}

QString ReplicationActions::refusalToPause(const QStringList &rules) const
{
    const QString why = refusalFor(rules);
    return !why.isEmpty() || !those(rules, false).isEmpty() ? why : tr("It is paused already.");
}

QString ReplicationActions::refusalToResume(const QStringList &rules) const
{
    const QString why = refusalFor(rules);
    return !why.isEmpty() || !those(rules, true).isEmpty() ? why : tr("It is not paused.");
}

QStringList ReplicationActions::those(const QStringList &rules, bool paused) const
{
    QStringList found;
    for (const QString &id : rules) {
        const models::RuleRow *row = m_replication.rules().find(id);
        if (row && row->rule.options.enabled != paused)
            found << id;
    }
    return found;
}

QList<wizards::NodeChoice> ReplicationActions::nodes() const
{
    QList<wizards::NodeChoice> choices;
    for (const models::NodeRow &row : cluster().nodes().rows()) {
        QStringList about;
        if (!row.node.region.empty())
            about << QString::fromStdString(row.node.region);
        if (row.node.healthStatus != protocol::HealthStatus::Healthy)
            about << models::HealthWords::wordOf(row.node.healthStatus).toLower();
        choices.append(
            {.id = row.id(), .name = QString::fromStdString(row.node.name), .about = about.join(u", "_s)});
    }
    return choices;
}

QStringList ReplicationActions::bucketsOf(const std::string &node) const
{
    QStringList names;
    for (const models::BucketRow &row : cluster().buckets().rows()) {
        if (row.bucket.primaryNode == node)
            names << row.id();
    }
    return names;
}

void ReplicationActions::changed()
{
    DialogActions::changed();
    m_replication.refresh();
}

void ReplicationActions::create(QWidget *near)
{
    if (!refusal().isEmpty())
        return;
    QList<wizards::BucketChoice> buckets;
    for (const models::BucketRow &row : cluster().buckets().rows())
        buckets.append({.name = row.id(), .owner = QString::fromStdString(row.bucket.primaryNode)});
    auto *dialog = new wizards::NewRuleDialog(buckets, nodes(), {}, near->window());
    if (!show(dialog))
        return;
    connect(dialog, &FormDialog::submitted, this, [this, dialog] {
        run<protocol::ReplicationRule>(
            dialog, host(), false, client().createRule(dialog->request()),
            [this](protocol::ReplicationRule &made) {
                Q_EMIT done(
                    tr("The rule for %1 was created.").arg(QString::fromStdString(made.sourceBucket)));
            });
    });
}

void ReplicationActions::bulk(QWidget *near)
{
    if (!refusal().isEmpty())
        return;
    QHash<QString, int> owned;
    for (const models::BucketRow &row : cluster().buckets().rows())
        ++owned[QString::fromStdString(row.bucket.primaryNode)];
    auto *dialog = new wizards::BulkRulesDialog(nodes(), owned, near->window());
    if (!show(dialog))
        return;
    connect(dialog, &FormDialog::submitted, this, [this, dialog, window = QPointer(near->window())] {
        const protocol::ReplicationBulkRequest request = dialog->request();
        run<protocol::ReplicationBulkResult>(
            dialog, host(), false, client().replicateAll(request),
            [this, window, had = bucketsOf(request.sourceNodeId)](protocol::ReplicationBulkResult &result) {
                show(new wizards::BulkResultDialog(result, had, window));
            });
    });
}

void ReplicationActions::edit(const QString &rule, QWidget *near)
{
    const models::RuleRow *row = m_replication.rules().find(rule);
    if (!row || !refusal().isEmpty())
        return;
    auto *dialog = new wizards::EditRuleDialog(row->rule, routeOf(*row), near->window());
    if (!show(dialog))
        return;
    connect(dialog, &FormDialog::submitted, this, [this, dialog, rule] {
        run<protocol::ReplicationRule>(dialog, host(), false, client().changeRule(rule, dialog->change()),
                                       [](protocol::ReplicationRule &) {});
    });
}

void ReplicationActions::remove(const QString &rule, QWidget *near)
{
    const models::RuleRow *row = m_replication.rules().find(rule);
    if (!row || !refusal().isEmpty())
        return;
    auto *dialog = new wizards::RemoveRuleDialog(row->rule, routeOf(*row), near->window());
    if (!show(dialog))
        return;
    connect(dialog, &FormDialog::submitted, this, [this, dialog, rule] {
        run<QJsonValue>(dialog, host(), false, client().deleteRule(rule), [](QJsonValue &) {});
    });
}

void ReplicationActions::verify(const QString &rule, QWidget *near)
{
    const models::RuleRow *row = m_replication.rules().find(rule);
    if (!row || !refusal().isEmpty())
        return;
    auto *dialog = new wizards::VerifyDialog(QString::fromStdString(row->rule.sourceBucket), routeOf(*row),
                                             near->window());
    if (!show(dialog))
        return;
    const auto take = [this, dialog = QPointer(dialog),
                       rule](api::RequestFor<protocol::ReplicationVerification> *job) {
        dialog->setBusy(tr("Asking %1", "a node").arg(host()));
        connect(job, &api::Request::finished, this, [this, dialog, job, rule] {
            if (!dialog)
                return;
            const auto outcome = job->result();
            if (!outcome) {
                dialog->fail(outcome.error());
                return;
            }
            dialog->present(*outcome);
            if (outcome->state == protocol::ReplicationVerifyState::Running)
                follow(dialog, rule);
        });
    };
    connect(dialog, &FormDialog::submitted, this, [this, take, rule] { take(client().verifyRule(rule)); });
    take(client().verification(rule));
}

void ReplicationActions::follow(wizards::VerifyDialog *dialog, const QString &rule)
{
    constexpr std::chrono::milliseconds kPause{1'000};
    QTimer::singleShot(kPause, dialog, [this, dialog, rule] {
        auto *job = client().verification(rule);
        connect(job, &api::Request::finished, dialog, [this, dialog, job, rule] {
            const auto outcome = job->result();
            if (!outcome) {
                dialog->fail(outcome.error());
                return;
            }
            dialog->present(*outcome);
            if (outcome->state == protocol::ReplicationVerifyState::Running)
                follow(dialog, rule);
            else
                changed();
        });
    });
}

void ReplicationActions::pause(const QStringList &rules)
{
    if (refusalToPause(rules).isEmpty())
        tell(those(rules, false), "pause"_L1);
}

void ReplicationActions::resume(const QStringList &rules)
{
    if (refusalToResume(rules).isEmpty())
        tell(those(rules, true), "resume"_L1);
}

void ReplicationActions::toggle(const QStringList &rules)
{
    if (refusalToPause(rules).isEmpty())
        pause(rules);
    else
        resume(rules);
}

void ReplicationActions::sync(const QStringList &rules)
{
    if (refusalFor(rules).isEmpty())
        tell(rules, "sync"_L1);
}

void ReplicationActions::tell(const QStringList &rules, QLatin1StringView what)
{
    EachOf::tell(
        this, rules, [this, what](const QString &rule) { return client().tellRule(rule, what); },
        [this](const QString &rule) {
            const models::RuleRow *row = m_replication.rules().find(rule);
            return row ? QString::fromStdString(row->rule.sourceBucket) : rule;
        },
        [this, what](const EachOf &outcome) { finish(outcome, what); });
}

void ReplicationActions::finish(const EachOf &outcome, QLatin1StringView what)
{
    changed();
    if (outcome.first) {
        Q_EMIT failed(outcome.problem(tr("%1 of %2 rules refused. %3")
                                          .arg(QString::number(outcome.refused.size()),
                                               QString::number(outcome.all), outcome.refused.first())));
        return;
    }
    Q_EMIT done(what == "pause"_L1    ? tr("%n rules paused.", nullptr, outcome.all)
                : what == "resume"_L1 ? tr("%n rules resumed.", nullptr, outcome.all)
                                      : tr("%n rules send now.", nullptr, outcome.all));
}

const models::RuleRow *ReplicationActions::find(const QString &rule) const
{
    return m_replication.rules().find(rule);
}

QMenu *ReplicationActions::makeMenu(const QStringList &rules, QWidget *near)
{
    if (!find(rules.value(0)))
        return nullptr;
    auto *menu = new QMenu(near);
    menu->setObjectName(u"ruleMenu"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setToolTipsVisible(true);
    const auto add = [&](const QString &name, const QString &text, const QKeySequence &key,
                         const QString &why, const std::function<void()> &act) {
        QAction *action = menu->addAction(text);
        action->setObjectName(name);
        // Shown only: the table itself listens to the key.
        action->setShortcut(key);
        action->setShortcutContext(Qt::WidgetShortcut);
        action->setEnabled(why.isEmpty());
        action->setToolTip(why);
        connect(action, &QAction::triggered, this, act);
    };
    const QString &id = rules.first();
    const QString one = rules.size() > 1 ? tr("Select one rule.") : refusalFor(rules);
    add(u"menuSync"_s, tr("Sync now"), QKeySequence(u"Ctrl+Shift+Y"_s), refusalFor(rules),
        [this, rules] { sync(rules); });
    add(u"menuPause"_s, tr("Pause"), QKeySequence(Qt::Key_Space), refusalToPause(rules),
        [this, rules] { pause(rules); });
    add(u"menuResume"_s, tr("Resume"), {}, refusalToResume(rules), [this, rules] { resume(rules); });
    add(u"menuVerify"_s, tr("Verify…"), {}, one, [this, id, near] { verify(id, near); });
    menu->addSeparator();
    add(u"menuEdit"_s, tr("Edit…"), QKeySequence(Qt::Key_F2), one, [this, id, near] { edit(id, near); });
    add(u"menuCopyId"_s, tr("Copy rule ID"), {}, {}, [id] { QGuiApplication::clipboard()->setText(id); });
    menu->addSeparator();
    add(u"menuRemove"_s, tr("Remove…"), QKeySequence(Qt::Key_Delete), one,
        [this, id, near] { remove(id, near); });
    return menu;
}

}  // namespace maxiofs::pages
