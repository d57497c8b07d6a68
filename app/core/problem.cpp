// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/problem.h"

#include <QJsonArray>

namespace maxiofs::core {

QStringList Problem::listed(QLatin1StringView name) const
{
    QStringList texts;
    for (const QJsonValue &value : facts.value(name).toArray())
        texts << value.toString();
    return texts;
}

}  // namespace maxiofs::core
