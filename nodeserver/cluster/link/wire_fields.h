// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/messages.h"
#include "records/secret_sealer.h"

#include <QJsonArray>
#include <QString>

// For message_codec.cpp and what keeps such values on the disk: how the values of messages are written as
// JSON and read back. A struct's fields are listed once, in
//
//     template <typename V, typename S>
//         requires std::is_same_v<std::remove_const_t<S>, rules::Beat>
//     void listFields(V &visit, S &s) { visit("name"_L1, s.name); visit.optional("note"_L1, s.note); }
//
// Reading is strict: a missing field, unless it is optional, or one of a wrong form is an InvalidArgument
// that names it by its path. Unknown fields are ignored: a later version of a format may add some.
namespace maxiofs::cluster::link::wire {

/// A record as it is sent; `sealer` for its secret, about "<table>/<id>".
[[nodiscard]] Result<QJsonObject> writeRecord(const records::Record &record,
                                              const records::SecretSealer *sealer);
[[nodiscard]] Result<records::Record> readRecord(const QJsonObject &object, const std::string &path,
                                                 const records::SecretSealer *sealer);

[[nodiscard]] std::unexpected<Error> wrongField(const std::string &path, std::string_view expected);
[[nodiscard]] std::string pathOf(const std::string &path, QLatin1StringView name);

[[nodiscard]] QJsonValue writeValue(const std::string &value);
[[nodiscard]] QJsonValue writeValue(const Id128 &value);
[[nodiscard]] QJsonValue writeValue(const records::Epoch &value);
[[nodiscard]] QJsonValue writeValue(const records::Slots &value);
[[nodiscard]] QJsonValue writeValue(const records::SlotDigests &value);

[[nodiscard]] Status readValue(const QJsonValue &from, const std::string &path, std::string &into);
[[nodiscard]] Status readValue(const QJsonValue &from, const std::string &path, Id128 &into);
[[nodiscard]] Status readValue(const QJsonValue &from, const std::string &path, bool &into);
[[nodiscard]] Status readValue(const QJsonValue &from, const std::string &path, QJsonObject &into);
[[nodiscard]] Status readValue(const QJsonValue &from, const std::string &path, std::int64_t &into);
[[nodiscard]] Status readValue(const QJsonValue &from, const std::string &path, std::uint64_t &into);
[[nodiscard]] Status readValue(const QJsonValue &from, const std::string &path, unsigned &into);
[[nodiscard]] Status readValue(const QJsonValue &from, const std::string &path, records::Kind &into);
[[nodiscard]] Status readValue(const QJsonValue &from, const std::string &path, records::Epoch &into);
[[nodiscard]] Status readValue(const QJsonValue &from, const std::string &path, records::Slots &into);
[[nodiscard]] Status readValue(const QJsonValue &from, const std::string &path, records::SlotDigests &into);

template <typename T>
inline constexpr bool kIsPlain = requires(const T &value) { writeValue(value); };
template <typename>
inline constexpr bool kIsVector = false;
template <typename T>
inline constexpr bool kIsVector<std::vector<T>> = true;
template <typename>
inline constexpr bool kIsOptional = false;
template <typename T>
inline constexpr bool kIsOptional<std::optional<T>> = true;

class Writer {
public:
    explicit Writer(const records::SecretSealer *sealer) : m_sealer(sealer) {}

    template <typename T>
    void operator()(QLatin1StringView name, const T &value)
    {
        m_object.insert(name, write(value));
    }
    /// Left out when empty.
    template <typename T>
    void optional(QLatin1StringView name, const T &value)
    {
        if constexpr (kIsOptional<T>) {
            if (value)
                operator()(name, *value);
        } else if (!(value == T())) {
            operator()(name, value);
        }
    }
    [[nodiscard]] Result<QJsonObject> result()
    {
        TRY_STATUS(m_status);
        return m_object;
    }

private:
    template <typename T>
    QJsonValue write(const T &value)
    {
        if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, QJsonObject>) {
            return value;
        } else if constexpr (std::is_same_v<T, records::Kind>) {
            return writeValue(std::string(records::tableOf(value)));
        } else if constexpr (std::is_integral_v<T>) {
            return static_cast<qint64>(value);
        } else if constexpr (std::is_same_v<T, records::Record>) {
            auto object = writeRecord(value, m_sealer);
            if (!object) {
                m_status = failure(std::move(object).error());
                return {};
            }
            return *object;
        } else if constexpr (kIsVector<T>) {
            QJsonArray array;
            for (const auto &item : value)
                array.append(write(item));
            return array;
        } else if constexpr (kIsPlain<T>) {
            return writeValue(value);
        } else {
            Writer inner(m_sealer);
            listFields(inner, value);
            if (!inner.m_status)
                m_status = std::move(inner.m_status);
            return inner.m_object;
        }
    }

    const records::SecretSealer *const m_sealer;
    QJsonObject m_object;
    Status m_status;
};

class Reader {
public:
    Reader(const QJsonObject &object, std::string path, const records::SecretSealer *sealer)
        : m_object(object),
          m_path(std::move(path)),
          m_sealer(sealer)
    {
    }

    template <typename T>
    void operator()(QLatin1StringView name, T &value)
    {
        if (!m_status)
            return;
        const QJsonValue from = m_object.value(name);
        const std::string path = pathOf(m_path, name);
        if (from.isUndefined() || from.isNull())
            m_status = failure(Error::InvalidArgument, "Field " + path + " is missing.", path);
        else
            m_status = read(from, path, value);
    }
    template <typename T>
    void optional(QLatin1StringView name, T &value)
    {
        const QJsonValue from = m_object.value(name);
        if (from.isUndefined() || from.isNull())
            return;
        if constexpr (kIsOptional<T>)
            operator()(name, value.emplace());
        else
            operator()(name, value);
    }
    [[nodiscard]] Status status() { return std::move(m_status); }

private:
    template <typename T>
    Status read(const QJsonValue &from, const std::string &path, T &into)
    {
        if constexpr (std::is_same_v<T, records::Record>) {
            if (!from.isObject())
                return wrongField(path, "an object");
            TRY_ASSIGN(into, readRecord(from.toObject(), path, m_sealer));
            return {};
        } else if constexpr (kIsVector<T>) {
            if (!from.isArray())
                return wrongField(path, "a list");
            const QJsonArray array = from.toArray();
            for (const QJsonValue &item : array) {
                TRY_STATUS(read(item, path + '[' + std::to_string(into.size()) + ']', into.emplace_back()));
            }
            return {};
        } else if constexpr (requires { readValue(from, path, into); }) {
            return readValue(from, path, into);
        } else {
            if (!from.isObject())
                return wrongField(path, "an object");
            const QJsonObject object = from.toObject();
            Reader inner(object, path, m_sealer);
            listFields(inner, into);
            return inner.status();
        }
    }

    const QJsonObject &m_object;
    const std::string m_path;
    const records::SecretSealer *const m_sealer;
    Status m_status;
};

template <typename T>
Result<QJsonObject> write(const T &value, const records::SecretSealer *sealer)
{
    Writer writer(sealer);
    listFields(writer, value);
    return writer.result();
}

template <typename T>
Result<T> read(const QJsonObject &object, const records::SecretSealer *sealer)
{
    Reader reader(object, {}, sealer);
    T value;
    listFields(reader, value);
    TRY_STATUS(reader.status());
    return value;
}

}  // namespace maxiofs::cluster::link::wire
