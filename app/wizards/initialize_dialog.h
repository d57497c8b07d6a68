// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/cluster.h"
#include "wizards/node_description.h"

namespace maxiofs::wizards {

// "Initialize cluster": the lone node gets a name and a region and becomes the first of a cluster.
class InitializeDialog : public NodeDescription {
    Q_OBJECT
public:
    InitializeDialog(const QString &name, const QString &region, QWidget *parent);

    [[nodiscard]] protocol::InitializeRequest request() const;

protected:
    bool placeProblem(const core::Problem &problem) override;
    void check() override;
};

}  // namespace maxiofs::wizards
