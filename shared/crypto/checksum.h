// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "crypto/crc.h"
#include "crypto/digest.h"

#include <optional>
#include <variant>

namespace maxiofs::crypto {

// The checksums that S3 lets a client choose. The values are stored: never renumber.
enum class ChecksumAlgorithm : std::uint8_t { Crc32 = 1, Crc32c = 2, Crc64Nvme = 3, Sha1 = 4, Sha256 = 5 };

inline constexpr std::array kChecksumAlgorithms{ChecksumAlgorithm::Crc32, ChecksumAlgorithm::Crc32c,
                                                ChecksumAlgorithm::Crc64Nvme, ChecksumAlgorithm::Sha1,
                                                ChecksumAlgorithm::Sha256};

/// "CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256".
[[nodiscard]] std::string_view nameOf(ChecksumAlgorithm algorithm);
/// Any case (SDKs differ); empty for another name.
[[nodiscard]] std::optional<ChecksumAlgorithm> checksumAlgorithmOf(std::string_view name);
/// "x-amz-checksum-crc32" and so on.
[[nodiscard]] std::string_view checksumHeaderOf(ChecksumAlgorithm algorithm);
/// From a header or trailer name in any case; empty when it names no checksum's value.
[[nodiscard]] std::optional<ChecksumAlgorithm> checksumAlgorithmOfHeader(std::string_view headerName);
[[nodiscard]] std::size_t checksumSize(ChecksumAlgorithm algorithm);
/// True for the CRCs, whose value for a whole object follows from the values of its parts.
[[nodiscard]] bool canCombine(ChecksumAlgorithm algorithm);
/// The checksum of A followed by B. Empty unless canCombine() and both values have the algorithm's size.
[[nodiscard]] std::optional<Bytes> combineChecksums(ChecksumAlgorithm algorithm, ByteView valueA,
                                                    ByteView valueB, std::uint64_t lengthB);

// Computes the checksum that was chosen at run time. One thread at a time; movable. finish() starts anew.
class Checksum {
public:
    explicit Checksum(ChecksumAlgorithm algorithm);

    [[nodiscard]] ChecksumAlgorithm algorithm() const { return m_algorithm; }
    void update(ByteView bytes);
    [[nodiscard]] Bytes finish();

private:
    ChecksumAlgorithm m_algorithm;
    std::variant<Crc32, Crc32c, Crc64Nvme, Sha1, Sha256> m_hasher;
};

[[nodiscard]] Bytes checksumOf(ChecksumAlgorithm algorithm, ByteView bytes);

}  // namespace maxiofs::crypto
