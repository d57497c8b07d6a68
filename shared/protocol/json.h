// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <QByteArray>
#include <QJsonObject>
#include <QJsonValue>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace maxiofs::protocol {

// A point in time: Unix milliseconds here, ISO 8601 in UTC on the wire.
struct Time {
    std::int64_t unixMs = 0;

    auto operator<=>(const Time &) const = default;
};

/// "2025-12-13T10:30:00Z", with milliseconds where there are some.
[[nodiscard]] std::string toIso(Time time);
[[nodiscard]] std::optional<Time> fromIso(std::string_view text);

// toJson and fromJson exist for each struct of this folder. Decoding ignores unknown fields, takes a missing
// or null field for its default unless the field is required, and refuses a wrong type with a sentence that
// names the field by its path ("nodes[2].latency_ms"), which is also the error's subject.
template <typename T>
[[nodiscard]] QJsonObject toJson(const T &value);

/// `path` is put before the names of fields in errors.
template <typename T>
[[nodiscard]] Result<T> fromJson(const QJsonValue &value, const std::string &path = {});

// An enum's names on the wire: std::array kAll of pairs, beside each enum.
template <typename E>
struct Names;

/// An enumerator's name on the wire ("tenant-admin"), and back.
template <typename E>
[[nodiscard]] std::string_view nameOf(E value);
template <typename E>
[[nodiscard]] std::optional<E> fromName(std::string_view name);

// A node that did not answer in time for a list that is asked of all.
struct MissingNode {
    std::string id;
    std::string name;
    std::string reason;
};

// One page of a list. On the wire: {"<T::kPlural>": [...], "count": n, "next": "..."}; `next` is the value
// for the `after` parameter that continues, and is left out at the end; `missing` names the nodes whose part
// is not in the page, and is left out when there are none.
template <typename T>
struct Page {
    std::vector<T> items;
    std::string next;
    std::vector<MissingNode> missing{};
};

template <typename T>
[[nodiscard]] QJsonObject pageToJson(const Page<T> &page);
template <typename T>
[[nodiscard]] Result<Page<T>> pageFromJson(const QJsonValue &value);

/// Text to JSON and back; an error says where the text stops being JSON.
[[nodiscard]] QByteArray toText(const QJsonObject &object);
[[nodiscard]] Result<QJsonObject> parseObject(const QByteArray &text);

}  // namespace maxiofs::protocol
