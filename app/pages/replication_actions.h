// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/live_replication.h"
#include "pages/dialog_actions.h"
#include "wizards/rule_options.h"

class QMenu;

namespace maxiofs::wizards {
class VerifyDialog;
}

namespace maxiofs::pages {

struct EachOf;

// What can be done with replication rules, from wherever it is asked for: making, editing, removing, pausing,
// resuming, sending at once, comparing both sides, and a rule for each bucket of a node.
class ReplicationActions : public DialogActions {
    Q_OBJECT
public:
    explicit ReplicationActions(models::LiveReplication &replication, QObject *parent = nullptr);

    /// Why nothing can be changed now; empty: it can.
    [[nodiscard]] QString refusal() const;
    /// Why none of the rules can be paused or resumed; empty: one can.
    [[nodiscard]] QString refusalToPause(const QStringList &rules) const;
    [[nodiscard]] QString refusalToResume(const QStringList &rules) const;
    /// Why one rule cannot be acted on; empty: it can.
    [[nodiscard]] QString refusalFor(const QStringList &rules) const;

    /// `near` is in the window that asks.
    void create(QWidget *near);
    void bulk(QWidget *near);
    void edit(const QString &rule, QWidget *near);
    void remove(const QString &rule, QWidget *near);
    void verify(const QString &rule, QWidget *near);
    void pause(const QStringList &rules);
    void resume(const QStringList &rules);
    /// Pauses those that run, or resumes where all are paused.
    void toggle(const QStringList &rules);
    void sync(const QStringList &rules);
    /// What can be done with rules, as a menu that deletes itself; null: there is none of them any more.
    [[nodiscard]] QMenu *makeMenu(const QStringList &rules, QWidget *near);
    /// The rule's row; null: it is gone.
    [[nodiscard]] const models::RuleRow *find(const QString &rule) const;

Q_SIGNALS:
    /// Something that needed no dialog was done, in words.
    void done(const QString &words);
    /// It was not done for each of the rules; the detail has a line for each that refused.
    void failed(const core::Problem &problem);

protected:
    void changed() override;

private:
    /// Tells one rule after the other and says at the end what came of it.
    void tell(const QStringList &rules, QLatin1StringView what);
    void finish(const EachOf &outcome, QLatin1StringView what);
    void follow(wizards::VerifyDialog *dialog, const QString &rule);
    [[nodiscard]] QStringList those(const QStringList &rules, bool paused) const;
    [[nodiscard]] QList<wizards::NodeChoice> nodes() const;
    [[nodiscard]] QStringList bucketsOf(const std::string &node) const;

    models::LiveReplication &m_replication;
};

}  // namespace maxiofs::pages
