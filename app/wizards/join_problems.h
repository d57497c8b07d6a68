// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/problem.h"

#include <QCoreApplication>

namespace maxiofs::wizards {

// Which field of a join an answer concerns, for both sides.
class JoinProblems {
    Q_DECLARE_TR_FUNCTIONS(maxiofs::wizards::JoinProblems)
public:
    [[nodiscard]] static bool concernsToken(const core::Problem &problem);
    [[nodiscard]] static bool concernsEndpoint(const core::Problem &problem);
    /// The sentence with the names that are taken.
    [[nodiscard]] static QString ofNames(const core::Problem &problem);
    /// The first names of a list, and how many there are beyond.
    [[nodiscard]] static QString listed(const QStringList &names);
};

}  // namespace maxiofs::wizards
