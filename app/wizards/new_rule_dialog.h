// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "wizards/rule_options.h"

namespace maxiofs::wizards {

// A bucket as the dialog offers it.
struct BucketChoice {
    QString name;
    QString owner;  // a node's id; empty: not known
};

// "New replication rule": which bucket goes to which node, and how. The node that owns the bucket is not
// offered.
class NewRuleDialog : public RuleOptions {
    Q_OBJECT
public:
    /// `bucket`: the one chosen at first; empty: none.
    NewRuleDialog(const QList<BucketChoice> &buckets, const QList<NodeChoice> &nodes, const QString &bucket,
                  QWidget *parent);

    [[nodiscard]] protocol::ReplicationRuleRequest request() const;

protected:
    [[nodiscard]] QWidget *fieldFor(const QString &name) const override;
    void check() override;

private:
    void showBucket();
    [[nodiscard]] QString bucket() const;
    [[nodiscard]] QString ownerOf(const QString &bucket) const;
    [[nodiscard]] QString nameOf(const QString &node) const;

    QHash<QString, QString> m_owners;
    QList<NodeChoice> m_nodes;
    QComboBox *m_bucket;
    QComboBox *m_destination;
    QLineEdit *m_name;
    widgets::TextLabel *m_kind;
};

}  // namespace maxiofs::wizards
