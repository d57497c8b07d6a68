// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/row_cursor.h"

#include "index/conflict_stamp.h"
#include "index/key_codec.h"
#include "index/rocks_status.h"
#include "index/typed_reader.h"

namespace maxiofs::index {

template <>
Status RowCursor<ObjectRow>::read(ObjectRow &row) const
{
    return decode(viewOf(m_iterator->value()), row, PartTable::Skip);
}

template <>
Status RowCursor<UploadRow>::read(UploadRow &row) const
{
    return decode(viewOf(m_iterator->value()), row);
}

void VersionCursor::seek(std::string_view encoded)
{
    m_current->Seek(encoded);
    m_versions->Seek(encoded);
    m_passed.clear();
    settle();
}

Status VersionCursor::seekWithin(std::string_view objectKey, const Stamp &stamp)
{
    const std::string versionsBegin = std::string(objectKey) + '\0';
    m_passed.clear();
    m_versions->Seek(versionsBegin);
    std::string newest;
    if (m_versions->Valid())
        newest = m_versions->key().ToString();
    m_versions->Seek(std::string(objectKey) + VersionSuffix{stamp}.encoded() + '\0');

    m_current->Seek(objectKey);
    const bool hasCurrent = m_current->Valid() && m_current->key() == rocksdb::Slice(objectKey);
    if (hasCurrent) {
        TRY_ASSIGN(const Stamp currentStamp, decodeObjectStamp(viewOf(m_current->value())));
        if (orderOfVersions(currentStamp, stamp) <= 0) {
            m_passed = objectKey;
            m_current->Next();
        }
    } else if (!m_versions->Valid() || m_versions->key() != rocksdb::Slice(newest)) {
        m_passed = objectKey;
    }
    settle();
    return {};
}

void VersionCursor::next()
{
    const std::string_view row = key();
    const std::size_t length = m_atCurrent ? row.size() : row.size() - kVersionSuffixSize;
    m_passed.assign(row.substr(0, length));
    at().Next();
    settle();
}

// Finds which of the two comes next. Rows that tell where a null version is are no versions.
void VersionCursor::settle()
{
    while (m_versions->Valid() &&
           objectKeyLength(m_versions->key().ToStringView()).value_or(0) == m_versions->key().size())
        m_versions->Next();
    m_atCurrent =
        m_current->Valid() && (!m_versions->Valid() || m_current->key().compare(m_versions->key()) < 0);
    if (!valid())
        return;
    const std::string_view row = key();
    const bool isFirst =
        m_atCurrent || row.size() != m_passed.size() + kVersionSuffixSize || !row.starts_with(m_passed);
    m_isLatest =
        isFirst && (m_atCurrent || !VersionSuffix::isOfConflict(row.substr(row.size() - kVersionSuffixSize)));
}

rocksdb::Status VersionCursor::status() const
{
    return m_current->status().ok() ? m_versions->status() : m_current->status();
}

Status VersionCursor::read(ObjectRow &row) const
{
    return decode(viewOf(at().value()), row, PartTable::Skip);
}

}  // namespace maxiofs::index
