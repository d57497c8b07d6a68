// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/cluster.h"
#include "wizards/node_description.h"

namespace maxiofs::wizards {

// "Edit node": name, region, priority and metadata; endpoint and id are shown and stay.
class EditNodeDialog : public NodeDescription {
    Q_OBJECT
public:
    EditNodeDialog(const protocol::Node &node, QWidget *parent);

    /// What differs from the node; empty fields stay as they are.
    [[nodiscard]] protocol::NodeChange change() const;

protected:
    bool placeProblem(const core::Problem &problem) override;
    void check() override;

private:
    [[nodiscard]] bool differs() const;

    protocol::Node m_node;
};

}  // namespace maxiofs::wizards
