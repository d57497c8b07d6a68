// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "index/index.h"

#include <QTest>

#include <random>

// Rows and indexes that the tests of this folder share.
namespace maxiofs::index::samples {

inline Id128 idOf(std::uint8_t number)
{
    Id128 id;
    id.bytes.fill(std::byte{number});
    return id;
}

inline Stamp stampAt(std::uint64_t ms, std::uint8_t node = 1)
{
    return {ms << Stamp::kCounterBits, idOf(node)};
}

inline ObjectRow objectAt(std::uint64_t ms)
{
    ObjectRow row;
    row.stamp = stampAt(ms);
    row.sequence = ms;
    row.record = {7, ms * 4096, 300};
    row.size = ms % 1000;
    row.etag = "900150983cd24fb0d6963f7d28e17f72";
    row.ownerId = std::string(64, 'a');
    row.data = InRecord{row.record, ms * 4096 + 100, ms};
    return row;
}

inline ObjectRow deleteMarkerAt(std::uint64_t ms)
{
    ObjectRow row;
    row.stamp = stampAt(ms);
    row.isDeleteMarker = true;
    return row;
}

inline UploadRow uploadAt(std::uint64_t ms)
{
    UploadRow row;
    row.stamp = stampAt(ms);
    row.sequence = ms;
    for (std::size_t i = 0; i < 8; ++i)
        row.uploadId.bytes[i] = static_cast<std::byte>(row.stamp.time >> (56 - 8 * i));
    row.uploadId.bytes[15] = std::byte{9};
    row.ownerId = std::string(64, 'b');
    return row;
}

inline PartRow partOf(std::uint64_t size)
{
    PartRow row;
    row.stamp = stampAt(size);
    row.size = size;
    row.etag = "5d41402abc4b2a76b9719d911017c592";
    row.contentHash = toBytes("0123456789abcdef");
    row.data = InBlob{idOf(3), {1, 2, 3}, size};
    return row;
}

inline std::unique_ptr<Index> opened(const Options &options)
{
    auto index = Index::open(options);
    if (!index)
        qFatal("%s", index.error().message.c_str());
    return std::move(*index);
}

inline std::unique_ptr<Index> inMemory()
{
    return opened({.inMemory = true});
}

/// Applies what `change` does to a new transaction.
template <typename Change>
[[nodiscard]] bool applied(Index &index, Change change)
{
    auto transaction = index.begin();
    change(*transaction);
    return index.apply(std::move(transaction)).has_value();
}

// Short keys of few letters, so that prefixes, escapes and neighbours meet often.
class RandomKeys {
public:
    explicit RandomKeys(std::uint32_t seed) : m_random(seed) {}

    std::uint32_t below(std::uint32_t limit)
    {
        return std::uniform_int_distribution<std::uint32_t>(0, limit - 1)(m_random);
    }
    std::string key(std::size_t shortest = 1)
    {
        using namespace std::string_view_literals;
        constexpr std::string_view letters = "ab/\x00\x01\x02\xfe\xff"sv;
        std::string key(shortest + below(5), '\0');
        for (char &letter : key)
            letter = letters[below(static_cast<std::uint32_t>(letters.size()))];
        return key;
    }
    std::string delimiter()
    {
        using namespace std::string_literals;
        const std::array<std::string, 7> delimiters{""s, "/"s, "a"s, "\0"s, "\xff"s, "ab"s, "/\0/"s};
        return delimiters[below(delimiters.size())];
    }
    std::mt19937 &engine() { return m_random; }

private:
    std::mt19937 m_random;
};

inline std::uint32_t newSeed()
{
    const std::uint32_t seed = std::random_device()();
    qInfo("seed %u", seed);
    return seed;
}

}  // namespace maxiofs::index::samples
