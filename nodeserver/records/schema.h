// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/database.h"

namespace maxiofs::records {

/// The migrations of auth.db. One that was released is never changed; a new one is added at the end.
[[nodiscard]] std::span<const db::Migration> schemaMigrations();

}  // namespace maxiofs::records
