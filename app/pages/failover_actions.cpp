// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/failover_actions.h"

#include "pages/each_of.h"
#include "wizards/failover_dialog.h"
#include "wizards/promote_dialog.h"

#include <QPointer>

namespace maxiofs::pages {

using namespace Qt::StringLiterals;
using protocol::FailoverPolicy;
using widgets::FormDialog;
using wizards::SettleConflictsDialog;

namespace {

constexpr auto kSetting = "failover"_L1;

std::optional<FailoverPolicy> standardIn(const protocol::Page<protocol::Setting> &settings)
{
    for (const protocol::Setting &setting : settings.items) {
        if (setting.name == kSetting.latin1())
            return protocol::fromName<FailoverPolicy>(setting.value.toString().toStdString());
    }
    return std::nullopt;
}

}  // namespace

FailoverActions::FailoverActions(models::LiveReplication &replication, models::LiveConflicts &conflicts,
                                 QObject *parent)
    : DialogActions(replication.cluster(), parent),
      m_replication(replication),
      m_conflicts(conflicts)
{
}

QString FailoverActions::refusalForAll() const
{
    return refusalFor(tr("Only an administrator can change this: your account has not the role admin."));
}

QString FailoverActions::refusal() const
{
    const QString why = refusalForAll();
    return !why.isEmpty() || cluster().isCluster() ? why
                                                   : tr("No other node can take over: this one is alone.");
}

QString FailoverActions::refusalToPromote(const QString &bucket) const
{
    const QString why = refusal();
    if (!why.isEmpty())
        return why;
    const models::BucketRow *row = cluster().buckets().find(bucket);
    if (!row)
        return tr("No bucket is selected.");
    return row->bucket.replicaCount > 0 ? QString() : tr("No other node has a replica of %1.").arg(bucket);
}

QString FailoverActions::refusalToSettle(const QStringList &conflicts) const
{
    const QString why = refusalForAll();
    return !why.isEmpty() ? why : conflicts.isEmpty() ? tr("No conflict is selected.") : QString();
}

void FailoverActions::changed()
{
    DialogActions::changed();
    m_replication.refresh();
    m_conflicts.refresh();
}

void FailoverActions::promote(const QString &bucket, const QString &node, QWidget *near)
{
    if (!refusalToPromote(bucket).isEmpty())
        return;
    auto *dialog = new wizards::PromoteDialog(bucket, node, near->window());
    if (!show(dialog))
        return;
    connect(dialog, &FormDialog::submitted, this, [this, dialog, bucket] {
        run<protocol::PromotedBucket>(
            dialog, host(), false, client().promote(bucket, dialog->request()),
            [this](protocol::PromotedBucket &promoted) {
                Q_EMIT done(tr("%1 owns %2 now.", "node, bucket")
                                .arg(QString::fromStdString(promoted.nodeName.empty() ? promoted.nodeId
                                                                                      : promoted.nodeName),
                                     QString::fromStdString(promoted.bucket)));
            });
    });
    ask<protocol::BucketNodes>(dialog, client().bucketNodes(bucket),
                               [dialog](const protocol::BucketNodes &nodes) { dialog->present(nodes); });
}

void FailoverActions::choosePolicy(const QString &bucket, QWidget *near)
{
    if (!refusal().isEmpty())
        return;
    auto *dialog = new wizards::FailoverDialog(bucket, near->window());
    if (!show(dialog))
        return;
    connect(dialog, &FormDialog::submitted, this, [this, dialog, bucket] {
        run<protocol::BucketFailover>(dialog, host(), false, client().setFailover(bucket, dialog->policy()),
                                      [this, bucket](protocol::BucketFailover &) {
                                          Q_EMIT done(
                                              tr("The failover of %1 was changed.", "a bucket").arg(bucket));
                                      });
    });
    ask<protocol::BucketFailover>(
        dialog, client().failover(bucket),
        [dialog](const protocol::BucketFailover &now) { dialog->present(now.failover, now.clusterDefault); });
}

void FailoverActions::chooseStandard(QWidget *near)
{
    if (!refusal().isEmpty())
        return;
    using Settings = protocol::Page<protocol::Setting>;
    auto *dialog = new wizards::FailoverDialog(QString(), near->window());
    if (!show(dialog))
        return;
    connect(dialog, &FormDialog::submitted, this, [this, dialog] {
        const FailoverPolicy policy = dialog->policy().value_or(FailoverPolicy::Automatic);
        const QJsonObject change{{kSetting, QString::fromUtf8(QByteArrayView(protocol::nameOf(policy)))}};
        run<Settings>(dialog, host(), false, client().changeSettings(change),
                      [this](Settings &) { Q_EMIT done(tr("The cluster’s failover was changed.")); });
    });
    ask<Settings>(dialog, client().settings(), [dialog](const Settings &settings) {
        const FailoverPolicy policy = standardIn(settings).value_or(FailoverPolicy::Automatic);
        dialog->present(policy, policy);
    });
}

void FailoverActions::settle(SettleConflictsDialog::What what, const QStringList &conflicts, QWidget *near)
{
    if (!refusalToSettle(conflicts).isEmpty())
        return;
    QList<protocol::Conflict> chosen;
    for (const QString &id : conflicts) {
        if (const models::ConflictRow *row = m_conflicts.conflicts().find(id))
            chosen << row->conflict;
    }
    auto *dialog = new SettleConflictsDialog(what, chosen, near->window());
    if (!show(dialog))
        return;
    connect(dialog, &FormDialog::submitted, this, [this, dialog = QPointer(dialog), what, conflicts] {
        dialog->setBusy(tr("Asking %1", "a node").arg(host()));
        const QLatin1StringView word =
            what == SettleConflictsDialog::What::Restore ? "restore"_L1 : "discard"_L1;
        EachOf::tell(
            this, conflicts, [this, word](const QString &id) { return client().settleConflict(id, word); },
            [this](const QString &id) {
                const models::ConflictRow *row = m_conflicts.conflicts().find(id);
                return row ? row->key() : id;
            },
            [this, dialog, what](const EachOf &outcome) {
                if (dialog) {
                    release();
                    dialog->succeed();
                }
                finish(what, outcome);
            });
    });
}

void FailoverActions::finish(SettleConflictsDialog::What what, const EachOf &outcome)
{
    changed();
    if (outcome.first)
        Q_EMIT failed(outcome.problem(tr("%1 of %2 conflicts stay. %3")
                                          .arg(QString::number(outcome.refused.size()),
                                               QString::number(outcome.all), outcome.refused.first())));
    else
        Q_EMIT done(what == SettleConflictsDialog::What::Restore
                        ? tr("%n versions restored.", nullptr, outcome.all)
                        : tr("%n versions discarded.", nullptr, outcome.all));
}

}  // namespace maxiofs::pages
