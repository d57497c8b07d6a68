// SPDX-License-Identifier: GPL-3.0-or-later
// Rows and keys of the index as a damaged file may hold them. The first byte says which kind.
#include "index/key_codec.h"
#include "index/row_codec.h"

#include <cstdlib>

using namespace maxiofs;
using namespace maxiofs::index;

namespace {

void require(bool holds)
{
    if (!holds)
        std::abort();
}

/// What is taken is written again so that it is read as the same row, in no more bytes.
template <typename Row>
void checkRow(ByteView bytes)
{
    Row row;
    if (!decode(bytes, row))
        return;
    const Bytes again = encoded(row);
    require(again.size() <= bytes.size());
    Row back;
    require(decode(again, back).has_value());
    require(back == row);
}

void checkListedRow(ByteView bytes)
{
    ObjectRow whole;
    ObjectRow listed;
    require(decode(bytes, whole).has_value() == decode(bytes, listed, PartTable::Skip).has_value());
    (void)decodeObjectStamp(bytes);
}

void checkKey(std::string_view bytes)
{
    const auto length = objectKeyLength(bytes);
    if (!length)
        return;
    const std::string_view object = bytes.substr(0, *length);
    require(objectKey(bucketOf(object), unescapedKey(object)) == object);
    if (const auto stamp = VersionSuffix::decode(bytes.substr(*length)))
        require(versionKey(bucketOf(object), unescapedKey(object), *stamp) == bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, std::size_t size)
{
    if (size == 0)
        return 0;
    const ByteView bytes = std::as_bytes(std::span(data + 1, size - 1));
    switch (data[0] % 10) {
    case 0:
        checkRow<ObjectRow>(bytes);
        checkListedRow(bytes);
        break;
    case 1: checkRow<UploadRow>(bytes); break;
    case 2: checkRow<PartRow>(bytes); break;
    case 3: checkRow<CompletionRow>(bytes); break;
    case 4: checkRow<TombstoneRow>(bytes); break;
    case 5: checkRow<BucketCounters>(bytes); break;
    case 6: checkRow<SegmentRow>(bytes); break;
    case 7: checkRow<LogPosition>(bytes); break;
    case 8: checkRow<Stamp>(bytes); break;
    default: checkKey(asText(bytes));
    }
    return 0;
}
