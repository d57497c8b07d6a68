// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace maxiofs::index {

// Rows that one transaction changes many times (counters, figures of a segment): the last value of each is
// kept, so that it is written once. Changes since the mark can be taken back.
template <typename Key, typename Value>
class Overlay {
public:
    /// Null where nothing was changed; an empty optional where the row was erased.
    [[nodiscard]] const std::optional<Value> *find(const Key &key) const
    {
        const auto found = m_values.find(key);
        return found == m_values.end() ? nullptr : &found->second;
    }
    void set(const Key &key, std::optional<Value> value)
    {
        const auto [place, isNew] = m_values.try_emplace(key);
        m_undo.emplace_back(key, isNew ? std::optional<std::optional<Value>>() : place->second);
        place->second = std::move(value);
    }
    [[nodiscard]] bool empty() const { return m_values.empty(); }
    [[nodiscard]] const std::map<Key, std::optional<Value>> &values() const { return m_values; }

    void mark() { m_undo.clear(); }
    void rollBack()
    {
        for (; !m_undo.empty(); m_undo.pop_back()) {
            auto &[key, before] = m_undo.back();
            if (before)
                m_values[key] = std::move(*before);
            else
                m_values.erase(key);
        }
    }

private:
    std::map<Key, std::optional<Value>> m_values;
    std::vector<std::pair<Key, std::optional<std::optional<Value>>>> m_undo;
};

}  // namespace maxiofs::index
