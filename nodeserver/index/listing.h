// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "index/index.h"
#include "index/key_codec.h"
#include "index/rocks_status.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace maxiofs::index {

// Which rows a query asks for, and where its page begins.
class ListRange {
public:
    explicit ListRange(const ListQuery &query);

    /// The first row that may belong to the page.
    [[nodiscard]] const std::string &begin() const { return m_begin; }
    /// The first row beyond the prefix.
    [[nodiscard]] const std::string &end() const { return m_end; }
    /// Whether a version or upload of the key `query.after` may still follow.
    [[nodiscard]] bool mayContinueWithin() const { return m_mayContinueWithin; }

private:
    std::string m_begin;
    std::string m_end;
    bool m_mayContinueWithin = false;
};

/// The length of the common prefix under which `key` is listed, 0 for none.
[[nodiscard]] std::size_t commonPrefixLength(const ListQuery &query, std::string_view key);

/// Fills a page from a cursor that stands on the page's first row.
template <typename Row, typename Cursor>
[[nodiscard]] Result<Page<Row>> readPage(Cursor &cursor, const ListQuery &query);

// Leaves common prefixes behind. A seek costs about ten steps, so a few steps are tried first: as many as
// paid off with the prefixes before.
class PrefixPasser {
public:
    template <typename Cursor>
    void pass(Cursor &cursor, std::string_view encodedPrefix)
    {
        for (int step = 0; step < m_steps; ++step) {
            cursor.next();
            if (!cursor.valid() || !cursor.key().starts_with(encodedPrefix)) {
                m_steps = std::min(m_steps * 2, kMostSteps);
                return;
            }
        }
        m_steps = std::max(m_steps / 2, 1);
        cursor.seek(prefixEnd(encodedPrefix));
    }

private:
    static constexpr int kMostSteps = 8;
    int m_steps = kMostSteps / 2;
};

template <typename Row, typename Cursor>
Result<Page<Row>> readPage(Cursor &cursor, const ListQuery &query)
{
    Page<Row> page;
    PrefixPasser passer;
    while (cursor.valid()) {
        if (page.entries.size() >= query.limit) {
            page.truncated = true;
            break;
        }
        const auto length = objectKeyLength(cursor.key());
        if (!length)
            return failure(Error::Corrupt,
                           "the index holds a key without an end; rebuild the index from the log");
        std::string key = unescapedKey(cursor.key().substr(0, *length));
        auto &entry = page.entries.emplace_back();
        if (const std::size_t common = commonPrefixLength(query, key); common > 0) {
            key.resize(common);
            passer.pass(cursor, prefixBegin(query.bucket, key));
        } else {
            TRY_STATUS(cursor.read(entry.row.emplace()));
            entry.isLatest = cursor.isLatest();
            cursor.next();
        }
        entry.key = std::move(key);
    }
    TRY_STATUS(statusOf(cursor.status(), "list a bucket"));
    return page;
}

}  // namespace maxiofs::index
