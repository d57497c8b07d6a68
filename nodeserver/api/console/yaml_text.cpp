// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/yaml_text.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <array>

namespace maxiofs::api::console {

namespace {

constexpr std::size_t kLongestLine = 100;

// Words that YAML 1.1 reads as something else than a text.
constexpr std::array<std::string_view, 10> kNotPlain{"null", "true", "false", "yes", "no",
                                                     "on",   "off",  "y",     "n",   "~"};

bool isPlain(const std::string &text)
{
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               c == '-' || c == '$';
    };
    return !text.empty() && !std::string_view("-0123456789").contains(text.front()) &&
           std::ranges::all_of(text, allowed) && std::ranges::find(kNotPlain, text) == kNotPlain.end();
}

std::string scalar(const QString &value)
{
    std::string text = value.toStdString();
    if (isPlain(text))
        return text;
    // A JSON string is a quoted YAML one.
    const QByteArray list = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
    return list.mid(1, list.size() - 2).toStdString();
}

std::string onOneLine(const QJsonValue &value)
{
    if (value.isString())
        return scalar(value.toString());
    std::string text;
    if (value.isArray()) {
        for (const QJsonValue &item : value.toArray())
            text += (text.empty() ? "" : ", ") + onOneLine(item);
        return '[' + text + ']';
    }
    if (value.isObject()) {
        const QJsonObject object = value.toObject();
        for (auto member = object.begin(); member != object.end(); ++member)
            text += (text.empty() ? "" : ", ") + scalar(member.key()) + ": " + onOneLine(member.value());
        return '{' + text + '}';
    }
    if (value.isBool())
        return value.toBool() ? "true" : "false";
    return value.isNull() ? "null" : std::to_string(value.toInteger());
}

}  // namespace

std::string yamlBlock(const QJsonObject &object, std::size_t indent)
{
    const std::string line = onOneLine(object);
    if (indent + line.size() <= kLongestLine)
        return ' ' + line + '\n';
    std::string text = "\n";
    for (auto member = object.begin(); member != object.end(); ++member) {
        text += std::string(indent, ' ') + scalar(member.key()) + ':';
        text += member.value().isObject() ? yamlBlock(member.value().toObject(), indent + 2)
                                          : ' ' + onOneLine(member.value()) + '\n';
    }
    return text;
}

}  // namespace maxiofs::api::console
