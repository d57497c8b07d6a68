// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/key_prefix.h"

#include "index/key_codec.h"

namespace maxiofs::index {

rocksdb::Slice KeyPrefix::Transform(const rocksdb::Slice &key) const
{
    return {key.data(), objectKeyLength(key.ToStringView()).value_or(key.size())};
}

bool KeyPrefix::InDomain(const rocksdb::Slice &key) const
{
    return objectKeyLength(key.ToStringView()).has_value();
}

}  // namespace maxiofs::index
