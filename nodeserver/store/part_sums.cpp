// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/part_sums.h"

#include "base/byte_io.h"
#include "base/hex.h"

namespace maxiofs::store {

Result<std::string> combinedEtag(const std::vector<TablePart> &parts)
{
    crypto::Md5 md5;
    for (const TablePart &part : parts) {
        const auto digest = fromHex(part.etag);
        if (!digest || digest->size() != crypto::Md5::kSize)
            return failure(Error::Corrupt, "part " + std::to_string(part.number) + " has no MD5");
        md5.update(*digest);
    }
    return toHex(md5.finish()) + "-" + std::to_string(parts.size());
}

bool isMultipartEtag(std::string_view etag)
{
    return etag.contains('-');
}

Bytes combinedContentHash(const std::vector<TablePart> &parts)
{
    crypto::Xxh128 hash;
    Bytes size;
    for (const TablePart &part : parts) {
        size.clear();
        ByteWriter(size).fixed(part.size);
        hash.update(size);
        hash.update(part.contentHash);
    }
    const auto value = hash.finish();
    return {value.begin(), value.end()};
}

Result<ObjectChecksum> combinedChecksum(const std::vector<TablePart> &parts,
                                        crypto::ChecksumAlgorithm algorithm, ChecksumType type)
{
    ObjectChecksum result{algorithm, type, {}};
    crypto::Checksum composite(algorithm);
    for (const TablePart &part : parts) {
        if (!part.checksum || part.checksum->algorithm != algorithm)
            return failure(Error::InvalidPart, "Part " + std::to_string(part.number) +
                                                   " was uploaded without a " +
                                                   std::string(crypto::nameOf(algorithm)) + " checksum.");
        const Bytes &value = part.checksum->value;
        if (type == ChecksumType::Composite) {
            composite.update(value);
        } else if (result.value.empty()) {
            result.value = value;
        } else {
            const auto combined = crypto::combineChecksums(algorithm, result.value, value, part.size);
            if (!combined)
                return failure(Error::InvalidArgument, std::string(crypto::nameOf(algorithm)) +
                                                           " has no full-object form for multipart uploads");
            result.value = *combined;
        }
    }
    if (type == ChecksumType::Composite)
        result.value = composite.finish();
    return result;
}

}  // namespace maxiofs::store
