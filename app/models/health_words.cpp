// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/health_words.h"

namespace maxiofs::models {

using protocol::HealthStatus;

theme::Status HealthWords::statusOf(HealthStatus health)
{
    switch (health) {
    case HealthStatus::Healthy: return theme::Status::Ok;
    case HealthStatus::Degraded: return theme::Status::Warn;
    case HealthStatus::Unavailable: return theme::Status::Bad;
    case HealthStatus::Unknown: break;
    }
    return theme::Status::Unknown;
}

QString HealthWords::wordOf(HealthStatus health)
{
    switch (health) {
    case HealthStatus::Healthy: return tr("Healthy");
    case HealthStatus::Degraded: return tr("Degraded");
    case HealthStatus::Unavailable: return tr("Unavailable");
    case HealthStatus::Unknown: break;
    }
    return tr("Unknown");
}

}  // namespace maxiofs::models
