// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/json.h"

#include <QJsonArray>
#include <QString>

#include <array>
#include <type_traits>

// For .cpp files alone: this folder's, and those that keep such structs. A struct's fields are listed once,
// in
//
//     template <typename V, typename S> void listFields(V &visit, S &s) {
//         visit.required("id", s.id);     decoding fails without it
//         visit.field("name", s.name);    decoding leaves the default
//         visit.unlessEmpty("next", s.n); as field, but an empty value is not written
//     }
//
// which serves both directions; MAXIOFS_PROTOCOL_STRUCT(S) then makes toJson<S> and fromJson<S>.
namespace maxiofs::protocol {

namespace detail {

template <typename>
inline constexpr bool kIsOptional = false;
template <typename T>
inline constexpr bool kIsOptional<std::optional<T>> = true;
template <typename>
inline constexpr bool kIsVector = false;
template <typename T>
inline constexpr bool kIsVector<std::vector<T>> = true;

inline std::unexpected<Error> wrongField(const std::string &path, std::string_view expected)
{
    const std::string name = path.empty() ? "The document" : "Field " + path;
    return failure(Error::InvalidArgument, name + " must be " + std::string(expected) + ".", path);
}

template <typename T>
QJsonValue write(const T &value)
{
    if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, double> || std::is_same_v<T, QJsonValue> ||
                  std::is_same_v<T, QJsonObject>)
        return value;
    else if constexpr (std::is_same_v<T, std::int64_t>)
        return QJsonValue(static_cast<qint64>(value));
    else if constexpr (std::is_same_v<T, std::string>)
        return QString::fromStdString(value);
    else if constexpr (std::is_same_v<T, Time>)
        return QString::fromStdString(toIso(value));
    else if constexpr (std::is_enum_v<T>)
        return QString::fromUtf8(QByteArrayView(nameOf(value)));
    else if constexpr (kIsOptional<T>)
        return value ? write(*value) : QJsonValue(QJsonValue::Null);
    else if constexpr (kIsVector<T>) {
        QJsonArray array;
        for (const auto &item : value)
            array.append(write(item));
        return array;
    } else
        return toJson(value);
}

template <typename T>
Status read(const QJsonValue &from, const std::string &path, T &into)
{
    if constexpr (std::is_same_v<T, QJsonValue>) {
        into = from;
    } else if constexpr (std::is_same_v<T, QJsonObject>) {
        if (!from.isObject())
            return wrongField(path, "an object");
        into = from.toObject();
    } else if constexpr (std::is_same_v<T, bool>) {
        if (!from.isBool())
            return wrongField(path, "true or false");
        into = from.toBool();
    } else if constexpr (std::is_same_v<T, double>) {
        if (!from.isDouble())
            return wrongField(path, "a number");
        into = from.toDouble();
    } else if constexpr (std::is_same_v<T, std::int64_t>) {
        // Two defaults tell a whole number from everything else, without a value set aside for "none".
        if (from.toInteger(0) != from.toInteger(1))
            return wrongField(path, "a whole number");
        into = from.toInteger();
    } else if constexpr (std::is_same_v<T, std::string>) {
        if (!from.isString())
            return wrongField(path, "a text");
        into = from.toString().toStdString();
    } else if constexpr (std::is_same_v<T, Time>) {
        const auto time = fromIso(from.toString().toStdString());
        if (!time)
            return wrongField(path, "a time like 2025-12-13T10:30:00Z");
        into = *time;
    } else if constexpr (std::is_enum_v<T>) {
        const auto value = fromName<T>(from.toString().toStdString());
        if (!value) {
            std::string expected = "one of";
            for (const auto &[unused, name] : Names<T>::kAll)
                expected += " \"" + std::string(name) + '"';
            return wrongField(path, expected);
        }
        into = *value;
    } else if constexpr (kIsOptional<T>) {
        if (from.isNull() || from.isUndefined()) {
            into.reset();
            return {};
        }
        typename T::value_type value{};
        TRY_STATUS(read(from, path, value));
        into = std::move(value);
    } else if constexpr (kIsVector<T>) {
        if (!from.isArray())
            return wrongField(path, "a list");
        into.clear();
        for (const QJsonValue &item : from.toArray()) {
            typename T::value_type value{};
            TRY_STATUS(read(item, path + '[' + std::to_string(into.size()) + ']', value));
            into.push_back(std::move(value));
        }
    } else {
        TRY_ASSIGN(into, fromJson<T>(from, path));
    }
    return {};
}

template <typename T>
bool isEmpty(const T &value)
{
    if constexpr (kIsOptional<T>)
        return !value.has_value();
    else
        return value.empty();
}

class FieldWriter {
public:
    template <typename T>
    void field(QLatin1StringView name, const T &value)
    {
        m_object.insert(name, write(value));
    }
    template <typename T>
    void required(QLatin1StringView name, const T &value)
    {
        field(name, value);
    }
    template <typename T>
    void unlessEmpty(QLatin1StringView name, const T &value)
    {
        if (!isEmpty(value))
            field(name, value);
    }
    [[nodiscard]] const QJsonObject &object() const { return m_object; }

private:
    QJsonObject m_object;
};

class FieldReader {
public:
    FieldReader(const QJsonObject &object, const std::string &path) : m_object(object), m_path(path) {}

    template <typename T>
    void field(QLatin1StringView name, T &value)
    {
        readField(name, value, false);
    }
    template <typename T>
    void required(QLatin1StringView name, T &value)
    {
        readField(name, value, true);
    }
    template <typename T>
    void unlessEmpty(QLatin1StringView name, T &value)
    {
        readField(name, value, false);
    }
    [[nodiscard]] Status status() { return std::move(m_status); }

private:
    template <typename T>
    void readField(QLatin1StringView name, T &value, bool required)
    {
        if (!m_status)
            return;
        const QJsonValue from = m_object.value(name);
        const std::string path =
            m_path.empty() ? std::string(name.data(), static_cast<std::size_t>(name.size()))
                           : m_path + '.' + std::string(name.data(), static_cast<std::size_t>(name.size()));
        if (!from.isUndefined() && !from.isNull())
            m_status = read(from, path, value);
        else if (required)
            m_status = failure(Error::InvalidArgument, "Field " + path + " is missing.", path);
    }

    const QJsonObject &m_object;
    const std::string &m_path;
    Status m_status;
};

}  // namespace detail

template <typename E>
std::string_view nameOf(E value)
{
    for (const auto &[enumerator, name] : Names<E>::kAll) {
        if (enumerator == value)
            return name;
    }
    return {};
}

template <typename E>
std::optional<E> fromName(std::string_view name)
{
    for (const auto &[enumerator, text] : Names<E>::kAll) {
        if (text == name)
            return enumerator;
    }
    return std::nullopt;
}

template <typename T>
QJsonObject toJson(const T &value)
{
    detail::FieldWriter writer;
    listFields(writer, value);
    return writer.object();
}

template <typename T>
Result<T> fromJson(const QJsonValue &value, const std::string &path)
{
    if (!value.isObject())
        return detail::wrongField(path, "an object");
    const QJsonObject object = value.toObject();
    detail::FieldReader reader(object, path);
    T result;
    listFields(reader, result);
    TRY_STATUS(reader.status());
    return result;
}

template <typename T>
QJsonObject pageToJson(const Page<T> &page)
{
    detail::FieldWriter writer;
    writer.field(QLatin1StringView(T::kPlural), page.items);
    writer.field(QLatin1StringView("count"), static_cast<std::int64_t>(page.items.size()));
    writer.unlessEmpty(QLatin1StringView("next"), page.next);
    return writer.object();
}

template <typename T>
Result<Page<T>> pageFromJson(const QJsonValue &value)
{
    if (!value.isObject())
        return detail::wrongField({}, "an object");
    const QJsonObject object = value.toObject();
    const std::string path;
    detail::FieldReader reader(object, path);
    Page<T> page;
    reader.required(QLatin1StringView(T::kPlural), page.items);
    reader.field(QLatin1StringView("next"), page.next);
    TRY_STATUS(reader.status());
    return page;
}

}  // namespace maxiofs::protocol

#define MAXIOFS_PROTOCOL_ENUM(E)                                                                             \
    template std::string_view nameOf<E>(E);                                                                  \
    template std::optional<E> fromName<E>(std::string_view);
#define MAXIOFS_PROTOCOL_STRUCT(S)                                                                           \
    template QJsonObject toJson<S>(const S &);                                                               \
    template Result<S> fromJson<S>(const QJsonValue &, const std::string &);
#define MAXIOFS_PROTOCOL_LISTED(S)                                                                           \
    MAXIOFS_PROTOCOL_STRUCT(S)                                                                               \
    template QJsonObject pageToJson<S>(const Page<S> &);                                                     \
    template Result<Page<S>> pageFromJson<S>(const QJsonValue &);
