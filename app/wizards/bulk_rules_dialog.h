// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "wizards/rule_options.h"

namespace maxiofs::wizards {

// "Bulk replicate": a rule for each bucket that a node owns, all to the same node with the same options.
class BulkRulesDialog : public RuleOptions {
    Q_OBJECT
public:
    /// `owned`: how many buckets a node owns, by its id.
    BulkRulesDialog(const QList<NodeChoice> &nodes, const QHash<QString, int> &owned, QWidget *parent);

    [[nodiscard]] protocol::ReplicationBulkRequest request() const;

protected:
    [[nodiscard]] QWidget *fieldFor(const QString &name) const override;
    void check() override;

private:
    QList<NodeChoice> m_nodes;
    QHash<QString, int> m_owned;
    QComboBox *m_source;
    QComboBox *m_destination;
    widgets::TextLabel *m_count;
};

}  // namespace maxiofs::wizards
