// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "wizards/rule_options.h"

namespace maxiofs::wizards {

// "Edit rule": its options; bucket and nodes are told and stay.
class EditRuleDialog : public RuleOptions {
    Q_OBJECT
public:
    /// `route`: from where to where, in words.
    EditRuleDialog(const protocol::ReplicationRule &rule, const QString &route, QWidget *parent);

    /// What differs from the rule; empty fields stay as they are.
    [[nodiscard]] protocol::ReplicationRuleChange change() const;

protected:
    void check() override;

private:
    protocol::ReplicationRuleOptions m_options;
};

}  // namespace maxiofs::wizards
