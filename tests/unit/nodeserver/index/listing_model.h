// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/hex.h"
#include "index_samples.h"

#include <algorithm>
#include <map>

// What a listing must answer, found the slow and obvious way.
namespace maxiofs::index::samples {

// One row as listings order them: versions of a key newest first, uploads by id.
template <typename Row>
struct ModelRow {
    std::string key;
    Row row;
    bool isLatest = false;
};

inline bool isBehind(const ObjectRow &row, const std::optional<Stamp> &after)
{
    return after && row.stamp < *after;
}
inline bool isBehind(const UploadRow &row, const std::optional<Id128> &after)
{
    return after && row.uploadId > *after;
}

/// The whole rest of a listing behind `query.after`, without a limit.
template <typename Row, typename Position>
std::vector<Listed<Row>> expectedEntries(const std::vector<ModelRow<Row>> &rows, const ListQuery &query,
                                         const std::optional<Position> &within)
{
    std::vector<Listed<Row>> entries;
    for (const auto &[key, row, isLatest] : rows) {
        if (!key.starts_with(query.prefix))
            continue;
        Listed<Row> entry{key, row, isLatest};
        const std::size_t at =
            query.delimiter.empty() ? std::string::npos : key.find(query.delimiter, query.prefix.size());
        if (at != std::string::npos)
            entry = {key.substr(0, at + query.delimiter.size()), std::nullopt, false};
        const bool passed =
            !query.after.empty() &&
            (entry.key <= query.after || (query.afterIsPrefix && entry.key.starts_with(query.after)));
        const bool isWithin =
            entry.row && !query.afterIsPrefix && entry.key == query.after && isBehind(row, within);
        if (passed && !isWithin)
            continue;
        if (entries.empty() || entry.row || entries.back().row || entries.back().key != entry.key)
            entries.push_back(std::move(entry));
    }
    return entries;
}

template <typename Row>
bool areEqual(const std::vector<Listed<Row>> &a, const std::vector<Listed<Row>> &b)
{
    return std::ranges::equal(a, b, [](const Listed<Row> &x, const Listed<Row> &y) {
        return x.key == y.key && x.row == y.row && x.isLatest == y.isLatest;
    });
}

inline Stamp positionOf(const ObjectRow &row)
{
    return row.stamp;
}
inline Id128 positionOf(const UploadRow &row)
{
    return row.uploadId;
}

/// Follows a listing page by page and compares each with what must come; the reason of a difference, or
/// empty.
template <typename Row, typename Position, typename ReadPage>
std::string difference(const std::vector<ModelRow<Row>> &rows, ListQuery query,
                       std::optional<Position> within, const ReadPage &readPage)
{
    while (true) {
        const auto rest = expectedEntries(rows, query, within);
        const auto page = readPage(query, within);
        if (!page)
            return page.error().message;
        const std::string where = " after \"" + toHex(asBytes(query.after)) + '"';
        const std::size_t count = std::min(rest.size(), query.limit);
        if (!areEqual(page->entries, {rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(count)}))
            return "other entries" + where;
        if (page->truncated != (rest.size() > count))
            return "wrong truncation" + where;
        if (!page->truncated)
            return {};
        const Listed<Row> &last = page->entries.back();
        query.after = last.key;
        query.afterIsPrefix = !last.row;
        within.reset();
        if (last.row)
            within = positionOf(*last.row);
    }
}

}  // namespace maxiofs::index::samples
