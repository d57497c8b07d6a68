// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/cluster.h"
#include "widgets/form_dialog.h"

#include <optional>

class QCheckBox;

namespace maxiofs::wizards {

// "Promote a replica": which node becomes the owner of a bucket. What it lacks, and that the owner does not
// answer, has to be accepted first.
class PromoteDialog : public widgets::FormDialog {
    Q_OBJECT
public:
    /// `node` is offered first; empty: the freshest.
    PromoteDialog(const QString &bucket, const QString &node, QWidget *parent);

    /// The bucket's owner and replicas.
    void present(const protocol::BucketNodes &nodes);
    [[nodiscard]] protocol::PromoteRequest request() const;

protected:
    [[nodiscard]] bool placeProblem(const core::Problem &problem) override;
    void check() override;

private:
    [[nodiscard]] const protocol::BucketReplica *chosen() const;
    [[nodiscard]] QString risk() const;

    QString m_wanted;
    QString m_refused;  // why it was not done without force
    std::optional<protocol::BucketNodes> m_nodes;
    widgets::TextLabel *m_owner;
    QComboBox *m_node;
    widgets::TextLabel *m_risk;
    QCheckBox *m_force;
    widgets::TextLabel *m_awaited;
};

}  // namespace maxiofs::wizards
