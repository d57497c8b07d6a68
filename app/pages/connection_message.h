// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/live_cluster.h"
#include "widgets/message_bar.h"

#include <QCoreApplication>

namespace maxiofs::pages {

// Says on a page's message bar what is wrong with its cluster's connection, and what can be done.
class ConnectionMessage {
    Q_DECLARE_TR_FUNCTIONS(maxiofs::pages::ConnectionMessage)
public:
    static void show(const models::LiveCluster &cluster, widgets::MessageBar &bar);
    /// What the bar's action does: checks or connects again. False, and nothing done, where only a person can
    /// go on: credentials or a certificate.
    [[nodiscard]] static bool goOn(models::LiveCluster &cluster);
};

}  // namespace maxiofs::pages
