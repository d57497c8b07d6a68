// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/cluster.h"
#include "theme/status.h"

#include <QCoreApplication>
#include <QString>

namespace maxiofs::models {

// A node's health as shape and word.
class HealthWords {
    Q_DECLARE_TR_FUNCTIONS(maxiofs::models::HealthWords)
public:
    [[nodiscard]] static theme::Status statusOf(protocol::HealthStatus health);
    [[nodiscard]] static QString wordOf(protocol::HealthStatus health);
};

}  // namespace maxiofs::models
