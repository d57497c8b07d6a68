// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "index/row_codec.h"

#include <rocksdb/db.h>

#include <memory>
#include <string>
#include <string_view>

namespace maxiofs::index {

// Walks one family's rows of one row a key (`current`) or several (`uploads`), in the order of keys.
template <typename Row>
class RowCursor {
public:
    explicit RowCursor(std::unique_ptr<rocksdb::Iterator> iterator) : m_iterator(std::move(iterator)) {}

    void seek(std::string_view encoded) { m_iterator->Seek(encoded); }
    void next() { m_iterator->Next(); }
    [[nodiscard]] bool valid() const { return m_iterator->Valid(); }
    [[nodiscard]] rocksdb::Status status() const { return m_iterator->status(); }
    /// The row's key; it names the object in its first bytes.
    [[nodiscard]] std::string_view key() const { return m_iterator->key().ToStringView(); }
    [[nodiscard]] Status read(Row &row) const;
    [[nodiscard]] bool isLatest() const { return false; }

private:
    std::unique_ptr<rocksdb::Iterator> m_iterator;
};

// Walks `current` and `versions` as one: by key, newest first. Both iterators see the same state.
class VersionCursor {
public:
    VersionCursor(std::unique_ptr<rocksdb::Iterator> current, std::unique_ptr<rocksdb::Iterator> versions)
        : m_current(std::move(current)),
          m_versions(std::move(versions))
    {
    }

    void seek(std::string_view encoded);
    /// To the versions of the key `objectKey` that are older than `stamp`, then to the keys beyond it.
    [[nodiscard]] Status seekWithin(std::string_view objectKey, const Stamp &stamp);
    void next();
    [[nodiscard]] bool valid() const { return m_atCurrent || m_versions->Valid(); }
    [[nodiscard]] rocksdb::Status status() const;
    [[nodiscard]] std::string_view key() const { return at().key().ToStringView(); }
    [[nodiscard]] Status read(ObjectRow &row) const;
    [[nodiscard]] bool isLatest() const { return m_isLatest; }

private:
    [[nodiscard]] rocksdb::Iterator &at() const { return m_atCurrent ? *m_current : *m_versions; }
    void settle();

    std::unique_ptr<rocksdb::Iterator> m_current;
    std::unique_ptr<rocksdb::Iterator> m_versions;
    std::string m_passed;  // the object whose latest version lies behind
    bool m_atCurrent = false;
    bool m_isLatest = false;
};

}  // namespace maxiofs::index
