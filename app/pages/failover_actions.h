// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/live_conflicts.h"
#include "models/live_replication.h"
#include "pages/dialog_actions.h"
#include "wizards/settle_conflicts_dialog.h"

namespace maxiofs::pages {

struct EachOf;

// What can be done about the owners of buckets, from wherever it is asked for: making a replica the owner,
// choosing whether that happens by itself, and deciding what becomes of conflicts.
class FailoverActions : public DialogActions {
    Q_OBJECT
public:
    FailoverActions(models::LiveReplication &replication, models::LiveConflicts &conflicts,
                    QObject *parent = nullptr);

    /// Why nothing can be changed now; empty: it can.
    [[nodiscard]] QString refusal() const;
    /// Why no replica of the bucket can become its owner; empty: one can.
    [[nodiscard]] QString refusalToPromote(const QString &bucket) const;
    /// Why nothing can be decided about these conflicts; empty: it can.
    [[nodiscard]] QString refusalToSettle(const QStringList &conflicts) const;

    /// `node`: the one that is offered first; empty: the freshest. `near` is in the window that asks.
    void promote(const QString &bucket, const QString &node, QWidget *near);
    void choosePolicy(const QString &bucket, QWidget *near);
    /// Of the cluster: for each bucket that has none of its own.
    void chooseStandard(QWidget *near);
    void settle(wizards::SettleConflictsDialog::What what, const QStringList &conflicts, QWidget *near);

Q_SIGNALS:
    /// Something was done, in words.
    void done(const QString &words);
    /// It was not done for each of the conflicts; the detail has a line for each that was refused.
    void failed(const core::Problem &problem);

protected:
    void changed() override;

private:
    [[nodiscard]] QString refusalForAll() const;
    void finish(wizards::SettleConflictsDialog::What what, const EachOf &outcome);

    models::LiveReplication &m_replication;
    models::LiveConflicts &m_conflicts;
};

}  // namespace maxiofs::pages
