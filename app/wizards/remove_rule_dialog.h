// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/replication.h"
#include "widgets/form_dialog.h"

namespace maxiofs::wizards {

// "Remove rule": asks for the name of the bucket, since nothing is sent from then on.
class RemoveRuleDialog : public widgets::FormDialog {
    Q_OBJECT
public:
    /// `route`: from where to where, in words.
    RemoveRuleDialog(const protocol::ReplicationRule &rule, const QString &route, QWidget *parent);

protected:
    void check() override;

private:
    QString m_bucket;
    QLineEdit *m_name;
};

}  // namespace maxiofs::wizards
