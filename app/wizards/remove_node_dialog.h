// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/form_dialog.h"

class QCheckBox;

namespace maxiofs::wizards {

// "Remove node" and, for the node that one is connected to, "Leave cluster": says what becomes of its
// buckets, and does it against their owner's being empty only where a person ticks that.
class RemoveNodeDialog : public widgets::FormDialog {
    Q_OBJECT
public:
    /// `buckets`: those known to be the node's.
    RemoveNodeDialog(const QString &name, bool leaving, const QStringList &buckets, QWidget *parent);

    [[nodiscard]] bool force() const;

protected:
    bool placeProblem(const core::Problem &problem) override;
    void check() override;

private:
    void showBuckets(const QStringList &buckets);

    QString m_name;
    bool m_leaving;
    QStringList m_owned;
    widgets::TextLabel *m_buckets;
    QCheckBox *m_force;
};

}  // namespace maxiofs::wizards
