// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/checksum.h"

#include <algorithm>

namespace maxiofs::crypto {

namespace {

struct Row {
    ChecksumAlgorithm algorithm;
    std::string_view name;
    std::string_view header;
    std::size_t size;
};

constexpr std::array kRows{
    Row{ChecksumAlgorithm::Crc32, "CRC32", "x-amz-checksum-crc32", Crc32::kSize},
    Row{ChecksumAlgorithm::Crc32c, "CRC32C", "x-amz-checksum-crc32c", Crc32c::kSize},
    Row{ChecksumAlgorithm::Crc64Nvme, "CRC64NVME", "x-amz-checksum-crc64nvme", Crc64Nvme::kSize},
    Row{ChecksumAlgorithm::Sha1, "SHA1", "x-amz-checksum-sha1", Sha1::kSize},
    Row{ChecksumAlgorithm::Sha256, "SHA256", "x-amz-checksum-sha256", Sha256::kSize},
};

const Row &rowOf(ChecksumAlgorithm algorithm)
{
    return kRows.at(static_cast<std::size_t>(algorithm) - 1);
}

// Folder levels keep crypto and text apart, hence a comparison of its own.
bool sameName(std::string_view a, std::string_view b)
{
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

std::optional<ChecksumAlgorithm> algorithmWith(std::string_view Row::*column, std::string_view wanted)
{
    const auto row = std::ranges::find_if(kRows, [&](const Row &r) { return sameName(r.*column, wanted); });
    return row == kRows.end() ? std::nullopt : std::optional(row->algorithm);
}

std::variant<Crc32, Crc32c, Crc64Nvme, Sha1, Sha256> hasherOf(ChecksumAlgorithm algorithm)
{
    switch (algorithm) {
    case ChecksumAlgorithm::Crc32: return Crc32();
    case ChecksumAlgorithm::Crc32c: return Crc32c();
    case ChecksumAlgorithm::Crc64Nvme: return Crc64Nvme();
    case ChecksumAlgorithm::Sha1: return Sha1();
    case ChecksumAlgorithm::Sha256: return Sha256();
    }
    return Crc32();
}

template <typename Crc, typename Combine>
Bytes combined(Combine combine, ByteView valueA, ByteView valueB, std::uint64_t lengthB)
{
    typename Crc::Value a;
    typename Crc::Value b;
    std::ranges::copy(valueA, a.begin());
    std::ranges::copy(valueB, b.begin());
    const auto value = Crc::bytesOf(combine(Crc::wordOf(a), Crc::wordOf(b), lengthB));
    return {value.begin(), value.end()};
}

}  // namespace

std::string_view nameOf(ChecksumAlgorithm algorithm)
{
    return rowOf(algorithm).name;
}

std::optional<ChecksumAlgorithm> checksumAlgorithmOf(std::string_view name)
{
    return algorithmWith(&Row::name, name);
}

std::string_view checksumHeaderOf(ChecksumAlgorithm algorithm)
{
    return rowOf(algorithm).header;
}

std::optional<ChecksumAlgorithm> checksumAlgorithmOfHeader(std::string_view headerName)
{
    return algorithmWith(&Row::header, headerName);
}

std::size_t checksumSize(ChecksumAlgorithm algorithm)
{
    return rowOf(algorithm).size;
}

bool canCombine(ChecksumAlgorithm algorithm)
{
    return algorithm != ChecksumAlgorithm::Sha1 && algorithm != ChecksumAlgorithm::Sha256;
}

std::optional<Bytes> combineChecksums(ChecksumAlgorithm algorithm, ByteView valueA, ByteView valueB,
                                      std::uint64_t lengthB)
{
    const std::size_t size = checksumSize(algorithm);
    if (valueA.size() != size || valueB.size() != size)
        return std::nullopt;
    switch (algorithm) {
    case ChecksumAlgorithm::Crc32: return combined<Crc32>(combineCrc32, valueA, valueB, lengthB);
    case ChecksumAlgorithm::Crc32c: return combined<Crc32c>(combineCrc32c, valueA, valueB, lengthB);
    case ChecksumAlgorithm::Crc64Nvme: return combined<Crc64Nvme>(combineCrc64Nvme, valueA, valueB, lengthB);
    case ChecksumAlgorithm::Sha1:
    case ChecksumAlgorithm::Sha256: break;
    }
    return std::nullopt;
}

Checksum::Checksum(ChecksumAlgorithm algorithm) : m_algorithm(algorithm), m_hasher(hasherOf(algorithm)) {}

void Checksum::update(ByteView bytes)
{
    std::visit([&](auto &hasher) { hasher.update(bytes); }, m_hasher);
}

Bytes Checksum::finish()
{
    return std::visit(
        [](auto &hasher) {
            const auto value = hasher.finish();
            return Bytes(value.begin(), value.end());
        },
        m_hasher);
}

Bytes checksumOf(ChecksumAlgorithm algorithm, ByteView bytes)
{
    Checksum checksum(algorithm);
    checksum.update(bytes);
    return checksum.finish();
}

}  // namespace maxiofs::crypto
