// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/listing.h"

namespace maxiofs::index {

ListRange::ListRange(const ListQuery &query)
    : m_begin(prefixBegin(query.bucket, query.prefix)),
      m_end(prefixEnd(m_begin))
{
    if (query.after.empty())
        return;
    std::string beyond;
    if (const std::size_t common = commonPrefixLength(query, query.after); common > 0) {
        // An entry for this prefix would not stand after `after`.
        beyond = prefixEnd(prefixBegin(query.bucket, std::string_view(query.after).substr(0, common)));
    } else if (query.afterIsPrefix) {
        beyond = prefixEnd(prefixBegin(query.bucket, query.after));
    } else {
        beyond = beyondKey(query.bucket, query.after);
        m_mayContinueWithin = query.after.starts_with(query.prefix);
    }
    if (beyond > m_begin)
        m_begin = std::move(beyond);
}

std::size_t commonPrefixLength(const ListQuery &query, std::string_view key)
{
    if (query.delimiter.empty() || !key.starts_with(query.prefix))
        return 0;
    const std::size_t at = key.find(query.delimiter, query.prefix.size());
    return at == std::string_view::npos ? 0 : at + query.delimiter.size();
}

}  // namespace maxiofs::index
