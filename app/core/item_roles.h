// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <Qt>

namespace maxiofs::core {

// The roles beyond Qt's in which models hand their cells to views and delegates.
enum ItemRole {
    IdRole = Qt::UserRole + 1,  // QString: the row's identity, stable through updates
    SortRole,                   // what to sort by
    StatusRole,                 // theme::Status as int
    SecondaryRole,              // QString: the quieter text after or below the first
    FractionRole,               // double 0 to 1: the used part; below 0 unknown
    SparklineRole,              // QList<double>: NaN where nothing was measured
    TagRole,                    // QString: an environment's tag
    TimeRole,                   // QString: when, as shown
    IconRole,                   // QString: an icon's name
    StaleRole,                  // bool: shown muted, since it is old
    ActionRole,                 // QString: what can be done about it
    CountRole,                  // QString: a figure at the right
    KindRole,                   // int: the model's own
    SourceRole,                 // QString: from where
    DestinationRole,            // QString: to where
    CheckedRole,                // bool: yes or no, where it is only shown
};

}  // namespace maxiofs::core
