// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/json.h"

#include <QFile>
#include <QJsonDocument>
#include <QTest>

namespace maxiofs::protocol {

inline QJsonObject goldenJson(const QString &name)
{
    QFile file(QString::fromUtf8(MAXIOFS_TEST_DATA) + QStringLiteral("/protocol/") + name +
               QStringLiteral(".json"));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return QJsonDocument::fromJson(file.readAll()).object();
}

/// The golden file, decoded and encoded again, is the golden file: no field is lost, renamed or added.
template <typename T>
T checkGolden(const QString &name)
{
    const QJsonObject golden = goldenJson(name);
    const auto value = fromJson<T>(golden);
    if (golden.isEmpty() || !value) {
        QTest::qFail(value ? "no golden file" : value.error().message.c_str(), __FILE__, __LINE__);
        return {};
    }
    [&] { QCOMPARE(QJsonDocument(toJson(*value)).toJson(), QJsonDocument(golden).toJson()); }();
    return *value;
}

}  // namespace maxiofs::protocol
