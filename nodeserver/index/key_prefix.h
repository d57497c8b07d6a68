// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <rocksdb/slice_transform.h>

namespace maxiofs::index {

// The part of a row's key that names the object, for filters that tell whether a file has any row of it.
// Its name is stored in the files; a change of what it gives needs another name.
class KeyPrefix final : public rocksdb::SliceTransform {
public:
    [[nodiscard]] const char *Name() const override { return "maxiofs.ObjectKey"; }
    [[nodiscard]] rocksdb::Slice Transform(const rocksdb::Slice &key) const override;
    [[nodiscard]] bool InDomain(const rocksdb::Slice &key) const override;
};

}  // namespace maxiofs::index
