// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QJsonObject>
#include <QString>

#include <cstdint>
#include <expected>

namespace maxiofs::core {

// What a person writes about a node, and how it is shown to be edited.
class NodeFields {
    Q_DECLARE_TR_FUNCTIONS(maxiofs::core::NodeFields)
public:
    static constexpr int kLongestName = 255;

    /// An S3 address as a person writes it: a scheme and the port 8080 are added where they are missing.
    /// Empty where it is none.
    [[nodiscard]] static QString endpoint(const QString &text);

    /// "rack=4, room=b2", or a JSON object where values are more than texts.
    [[nodiscard]] static QString textOf(const QJsonObject &metadata);
    /// Reads both forms; the error says what is wrong.
    [[nodiscard]] static std::expected<QJsonObject, QString> metadata(const QString &text);
    /// A token as it was copied, without the white space around and in it.
    [[nodiscard]] static QString token(const QString &text);
    /// 64 hexadecimal digits.
    [[nodiscard]] static bool isToken(const QString &text);
    /// True where it cannot become a token by writing on.
    [[nodiscard]] static bool isNoToken(const QString &text);
};

}  // namespace maxiofs::core
