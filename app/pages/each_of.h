// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/request.h"

#include <QStringList>

#include <functional>
#include <optional>

namespace maxiofs::pages {

// What came of telling some things the same, one after the other.
struct EachOf {
    int all = 0;
    std::optional<core::Problem> first = {};  // the first no
    QStringList refused = {};                 // a line for each no

    [[nodiscard]] int well() const { return all - static_cast<int>(refused.size()); }
    /// The first no with a line for each in its detail; `summary` replaces its own where there were several
    /// things.
    [[nodiscard]] core::Problem problem(const QString &summary) const;

    /// `send` tells one of them; `done` is called at the end, unless `context` is gone by then. `nameOf` says
    /// it in words for the lines.
    static void tell(QObject *context, const QStringList &ids,
                     std::function<api::Request *(const QString &)> send,
                     std::function<QString(const QString &)> nameOf,
                     std::function<void(const EachOf &)> done);
};

}  // namespace maxiofs::pages
