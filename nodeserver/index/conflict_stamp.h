// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/stamp.h"

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace maxiofs::index {

// A conflict version is the loser of a merge. Its id is the stamp of its last change with a mark in place of
// all but the first four bytes of the node: no node's id ends so. It comes behind all other versions of its
// key and never becomes the current one.

/// The id of the conflict version that a version changed last at `stamp` becomes.
[[nodiscard]] Stamp conflictStampOf(const Stamp &stamp);
[[nodiscard]] bool isConflict(const Stamp &version);

/// "conflict-<stamp's time, 16 hex digits>-<first 8 hex digits of its node>": the version id's text.
[[nodiscard]] std::string conflictNameOf(const Stamp &stamp);
/// The id that this is the text of; empty for any other text.
[[nodiscard]] std::optional<Stamp> conflictStampOfName(std::string_view name);

/// The order of a key's versions: newest first, conflict versions behind all others.
[[nodiscard]] std::strong_ordering orderOfVersions(const Stamp &left, const Stamp &right);

}  // namespace maxiofs::index
