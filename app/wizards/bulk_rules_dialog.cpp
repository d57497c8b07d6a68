// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/bulk_rules_dialog.h"

#include "widgets/text_label.h"

#include <QComboBox>

namespace maxiofs::wizards {

using namespace Qt::StringLiterals;

BulkRulesDialog::BulkRulesDialog(const QList<NodeChoice> &nodes, const QHash<QString, int> &owned,
                                 QWidget *parent)
    : RuleOptions(u"bulkRulesDialog"_s, tr("Bulk replicate"),
                  tr("Each bucket of one node gets a rule to another. A bucket that cannot is skipped, with "
                     "the reason."),
                  tr("Create rules"), widgets::PushButton::Kind::Primary, parent),
      m_nodes(nodes),
      m_owned(owned)
{
    m_source = addChoice(u"bulkSource"_s, tr("From node"), tr("Choose the node whose buckets are copied"));
    m_count = addHint({});
    m_count->setObjectName(u"bulkCount"_s);
    m_destination = addChoice(u"ruleDestination"_s, tr("To node"), tr("Choose the node"));
    addOptions({});
    fill(m_source, m_nodes, {});
    connect(m_source, &QComboBox::currentIndexChanged, this, [this] {
        fill(m_destination, m_nodes, m_source->currentData().toString());
        edited();
    });
    m_source->setFocus();
}

protocol::ReplicationBulkRequest BulkRulesDialog::request() const
{
    return {.sourceNodeId = m_source->currentData().toString().toStdString(),
            .destinationNodeId = m_destination->currentData().toString().toStdString(),
            .options = options()};
}

QWidget *BulkRulesDialog::fieldFor(const QString &name) const
{
    if (name == u"source_node_id"_s)
        return m_source;
    if (name == u"destination_node_id"_s || name == u"NoSuchNode"_s || name == u"SameNode"_s)
        return m_destination;
    return RuleOptions::fieldFor(name);
}

void BulkRulesDialog::check()
{
    const QString source = m_source->currentData().toString();
    const int count = m_owned.value(source);
    m_count->setFullText(source.isEmpty() ? tr("The rules are for the buckets that it owns now.")
                                          : tr("It owns %n buckets.", nullptr, count));
    m_destination->setEnabled(!source.isEmpty());
    const QString wrong = missingHere();
    setMissing(source.isEmpty()                    ? tr("Choose the node whose buckets are copied.")
               : count == 0                        ? tr("This node owns no bucket.")
               : m_destination->currentIndex() < 0 ? tr("Choose the node that gets the buckets.")
                                                   : wrong);
}

}  // namespace maxiofs::wizards
