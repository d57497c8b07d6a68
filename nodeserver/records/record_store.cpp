// SPDX-License-Identifier: GPL-3.0-or-later
#include "records/record_store.h"

#include "base/byte_io.h"
#include "crypto/digest.h"

namespace maxiofs::records {

namespace {

std::uint64_t hashOf(std::string_view text)
{
    const auto digest = crypto::sha256(asBytes(text));
    std::uint64_t hash = 0;
    for (std::size_t i = 0; i < sizeof hash; ++i)
        hash = hash << 8 | std::to_integer<std::uint64_t>(digest[i]);
    return hash;
}

}  // namespace

std::size_t slotOf(std::string_view id)
{
    return hashOf(id) % kSlots;
}

std::string versionLineOf(const Record &record)
{
    std::uint64_t number = record.stamp.time;
    NodeId node = record.stamp.node;
    if (record.kind == Kind::Location) {
        const Epoch epoch = locationOf(record.body).epoch;
        number = epoch.number;
        node = epoch.node;
    }
    std::string line(tableOf(record.kind));
    line += ' ' + record.id + ' ';
    static constexpr char kHex[] = "0123456789abcdef";
    for (int shift = 60; shift >= 0; shift -= 4)
        line.push_back(kHex[number >> shift & 0xf]);
    line += ' ' + node.uuid() + (record.deleted ? " 1\n" : " 0\n");
    return line;
}

std::uint64_t digestOf(const Record &record)
{
    return hashOf(versionLineOf(record));
}

}  // namespace maxiofs::records
