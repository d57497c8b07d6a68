// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/edit_rule_dialog.h"

namespace maxiofs::wizards {

using namespace Qt::StringLiterals;

EditRuleDialog::EditRuleDialog(const protocol::ReplicationRule &rule, const QString &route, QWidget *parent)
    : RuleOptions(u"editRuleDialog"_s, tr("Edit rule"),
                  tr("%1, %2. Another bucket or node is another rule.", "bucket, from node to node")
                      .arg(QString::fromStdString(rule.sourceBucket), route),
                  tr("Save"), widgets::PushButton::Kind::Primary, parent),
      m_options(rule.options)
{
    addOptions(rule.options);
}

protocol::ReplicationRuleChange EditRuleDialog::change() const
{
    const protocol::ReplicationRuleOptions chosen = options();
    protocol::ReplicationRuleChange change;
    const auto differs = [](const auto &before, const auto &after, auto &into) {
        if (before != after)
            into = after;
    };
    differs(m_options.syncIntervalSeconds, chosen.syncIntervalSeconds, change.syncIntervalSeconds);
    differs(m_options.prefix, chosen.prefix, change.prefix);
    differs(m_options.replicateDeletes, chosen.replicateDeletes, change.replicateDeletes);
    differs(m_options.replicateMetadata, chosen.replicateMetadata, change.replicateMetadata);
    differs(m_options.policy, chosen.policy, change.policy);
    differs(m_options.priority, chosen.priority, change.priority);
    differs(m_options.bandwidthLimitBytesPerSecond, chosen.bandwidthLimitBytesPerSecond,
            change.bandwidthLimitBytesPerSecond);
    return change;
}

void EditRuleDialog::check()
{
    const QString missing = missingHere();
    setMissing(!missing.isEmpty()       ? missing
               : options() != m_options ? QString()
                                        : tr("Nothing was changed."));
}

}  // namespace maxiofs::wizards
