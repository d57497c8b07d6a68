// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/schema.h"

#include <QJsonArray>
#include <QString>

#include <array>
#include <initializer_list>
#include <type_traits>

// For .cpp files alone: this folder's, and those that keep such structs. A struct's fields are listed once,
// in
//
//     template <typename V, typename S> void listFields(V &visit, S &s) {
//         visit.required("id", s.id);     decoding fails without it
//         visit.field("name", s.name);    decoding leaves the default
//         visit.unlessEmpty("next", s.n); as field, but an empty value is not written
//         visit.word("state", s.state, {"idle", "running"}); as field: a text that is one of these
//     }
//
// which serves both directions and the documentation: field, required and unlessEmpty take a unit for that
// as last argument. MAXIOFS_PROTOCOL_STRUCT(S) then makes toJson<S>, fromJson<S> and schemaOf<S>.
namespace maxiofs::protocol {

using Unit = std::string_view;
inline constexpr Unit kNoUnit;
inline constexpr Unit kBytes = "bytes";
inline constexpr Unit kBytesPerSecond = "bytes per second";
inline constexpr Unit kPerSecond = "per second";
inline constexpr Unit kSeconds = "seconds";
inline constexpr Unit kMilliseconds = "milliseconds";
inline constexpr Unit kShare = "share, 0 to 1";

using Words = std::initializer_list<std::string_view>;

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
    void field(QLatin1StringView name, const T &value, Unit = kNoUnit)
    {
        m_object.insert(name, write(value));
    }
    template <typename T>
    void required(QLatin1StringView name, const T &value, Unit = kNoUnit)
    {
        field(name, value);
    }
    template <typename T>
    void unlessEmpty(QLatin1StringView name, const T &value, Unit = kNoUnit)
    {
        if (!isEmpty(value))
            field(name, value);
    }
    void word(QLatin1StringView name, const std::string &value, Words) { field(name, value); }
    [[nodiscard]] const QJsonObject &object() const { return m_object; }

private:
    QJsonObject m_object;
};

class FieldReader {
public:
    FieldReader(const QJsonObject &object, const std::string &path) : m_object(object), m_path(path) {}

    template <typename T>
    void field(QLatin1StringView name, T &value, Unit = kNoUnit)
    {
        readField(name, value, false);
    }
    template <typename T>
    void required(QLatin1StringView name, T &value, Unit = kNoUnit)
    {
        readField(name, value, true);
    }
    template <typename T>
    void unlessEmpty(QLatin1StringView name, T &value, Unit = kNoUnit)
    {
        readField(name, value, false);
    }
    // A later version may know more words.
    void word(QLatin1StringView name, std::string &value, Words) { readField(name, value, false); }
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

template <typename T>
QJsonObject typeSchema(Schemas &into)
{
    using Object = QJsonObject;
    const auto plain = [](const char *type, const char *format = nullptr) {
        Object schema{{QLatin1StringView("type"), QLatin1StringView(type)}};
        if (format != nullptr)
            schema.insert(QLatin1StringView("format"), QLatin1StringView(format));
        return schema;
    };
    if constexpr (std::is_same_v<T, QJsonValue>)
        return {};
    else if constexpr (std::is_same_v<T, QJsonObject>)
        return plain("object");
    else if constexpr (std::is_same_v<T, bool>)
        return plain("boolean");
    else if constexpr (std::is_same_v<T, double>)
        return plain("number", "double");
    else if constexpr (std::is_same_v<T, std::int64_t>)
        return plain("integer", "int64");
    else if constexpr (std::is_same_v<T, std::string>)
        return plain("string");
    else if constexpr (std::is_same_v<T, Time>)
        return plain("string", "date-time");
    else if constexpr (std::is_enum_v<T>) {
        QJsonArray names;
        for (const auto &[unused, name] : Names<T>::kAll)
            names.append(QString::fromUtf8(QByteArrayView(name)));
        Object schema = plain("string");
        schema.insert(QLatin1StringView("enum"), names);
        return schema;
    } else if constexpr (kIsOptional<T>) {
        Object schema = typeSchema<typename T::value_type>(into);
        schema.insert(QLatin1StringView("nullable"), true);
        const QLatin1StringView names("enum");
        if (schema.contains(names)) {
            QJsonArray withNull = schema.value(names).toArray();
            withNull.append(QJsonValue::Null);
            schema.insert(names, withNull);
        }
        return schema;
    } else if constexpr (kIsVector<T>) {
        Object schema = plain("array");
        schema.insert(QLatin1StringView("items"), typeSchema<typename T::value_type>(into));
        return schema;
    } else
        return schemaOf<T>(into);
}

class FieldDescriber {
public:
    explicit FieldDescriber(Schemas &into) : m_into(into) {}

    template <typename T>
    void field(QLatin1StringView name, const T &, Unit unit = kNoUnit)
    {
        add(name, typeSchema<T>(m_into), unit, m_into.use() == Schemas::Use::Answer);
    }
    template <typename T>
    void required(QLatin1StringView name, const T &, Unit unit = kNoUnit)
    {
        add(name, typeSchema<T>(m_into), unit, true);
    }
    template <typename T>
    void unlessEmpty(QLatin1StringView name, const T &, Unit unit = kNoUnit)
    {
        QJsonObject schema = typeSchema<T>(m_into);
        if (m_into.use() == Schemas::Use::Answer)
            schema.remove(QLatin1StringView("nullable"));
        add(name, std::move(schema), unit, false);
    }
    void word(QLatin1StringView name, const std::string &, Words words)
    {
        QJsonObject schema = typeSchema<std::string>(m_into);
        QJsonArray names;
        for (const std::string_view text : words)
            names.append(QString::fromUtf8(QByteArrayView(text)));
        schema.insert(QLatin1StringView("enum"), names);
        add(name, std::move(schema), kNoUnit, m_into.use() == Schemas::Use::Answer);
    }
    [[nodiscard]] QJsonObject schema() const
    {
        QJsonObject schema{{QLatin1StringView("type"), QLatin1StringView("object")},
                           {QLatin1StringView("properties"), m_properties}};
        if (!m_required.isEmpty())
            schema.insert(QLatin1StringView("required"), m_required);
        return schema;
    }

private:
    void add(QLatin1StringView name, QJsonObject schema, Unit unit, bool required)
    {
        if (unit == kShare) {
            schema.insert(QLatin1StringView("minimum"), 0);
            schema.insert(QLatin1StringView("maximum"), 1);
        } else if (!unit.empty()) {
            schema.insert(QLatin1StringView("x-unit"), QString::fromUtf8(QByteArrayView(unit)));
        }
        m_properties.insert(name, schema);
        if (required)
            m_required.append(name);
    }

    Schemas &m_into;
    QJsonObject m_properties;
    QJsonArray m_required;
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
    writer.unlessEmpty(QLatin1StringView("missing"), page.missing);
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
    reader.field(QLatin1StringView("missing"), page.missing);
    TRY_STATUS(reader.status());
    return page;
}

template <typename T>
QJsonObject schemaOf(Schemas &into)
{
    const std::string name = into.nameFor(structName(static_cast<const T *>(nullptr)));
    if (!into.contains(name)) {
        detail::FieldDescriber describer(into);
        const T example{};
        listFields(describer, example);
        into.add(name, describer.schema());
    }
    return Schemas::referenceTo(name);
}

template <typename T>
QJsonObject pageSchemaOf(Schemas &into)
{
    detail::FieldDescriber describer(into);
    const Page<T> example;
    describer.required(QLatin1StringView(T::kPlural), example.items);
    describer.required(QLatin1StringView("count"), std::int64_t{0});
    describer.unlessEmpty(QLatin1StringView("next"), example.next);
    describer.unlessEmpty(QLatin1StringView("missing"), example.missing);
    return describer.schema();
}

}  // namespace maxiofs::protocol

#define MAXIOFS_PROTOCOL_ENUM(E)                                                                             \
    template std::string_view nameOf<E>(E);                                                                  \
    template std::optional<E> fromName<E>(std::string_view);
// For a struct whose fields are listed in another file.
#define MAXIOFS_PROTOCOL_ELSEWHERE(S)                                                                        \
    extern template QJsonObject toJson<S>(const S &);                                                        \
    extern template Result<S> fromJson<S>(const QJsonValue &, const std::string &);                          \
    extern template QJsonObject schemaOf<S>(Schemas &);
#define MAXIOFS_PROTOCOL_STRUCT(S)                                                                           \
    constexpr std::string_view structName(const S *)                                                         \
    {                                                                                                        \
        return #S;                                                                                           \
    }                                                                                                        \
    template QJsonObject toJson<S>(const S &);                                                               \
    template Result<S> fromJson<S>(const QJsonValue &, const std::string &);                                 \
    template QJsonObject schemaOf<S>(Schemas &);
#define MAXIOFS_PROTOCOL_LISTED(S)                                                                           \
    MAXIOFS_PROTOCOL_STRUCT(S)                                                                               \
    template QJsonObject pageToJson<S>(const Page<S> &);                                                     \
    template Result<Page<S>> pageFromJson<S>(const QJsonValue &);                                            \
    template QJsonObject pageSchemaOf<S>(Schemas &);

namespace maxiofs::protocol {

MAXIOFS_PROTOCOL_ELSEWHERE(MissingNode)

}  // namespace maxiofs::protocol
