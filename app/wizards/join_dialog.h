// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/cluster.h"
#include "wizards/node_description.h"

namespace maxiofs::wizards {

// "Join a cluster", on the node that joins: any member's address and the cluster's token. The token is in the
// field alone and goes with the dialog.
class JoinDialog : public NodeDescription {
    Q_OBJECT
public:
    /// `name` and `region` are those that the node has now.
    JoinDialog(const QString &name, const QString &region, QWidget *parent);
    ~JoinDialog() override;

    [[nodiscard]] protocol::NodeRequest request() const;

protected:
    bool placeProblem(const core::Problem &problem) override;
    void check() override;

private:
    QLineEdit *m_endpoint;
    QLineEdit *m_token;
};

}  // namespace maxiofs::wizards
