// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/settings.h"
#include "history/latency_history.h"
#include "secrets/keeper.h"

namespace maxiofs::pages {

// What pages share. Everything outlives the window.
struct Services {
    core::Settings &settings;
    secrets::Keeper &keeper;
    history::LatencyHistory &history;
};

}  // namespace maxiofs::pages
