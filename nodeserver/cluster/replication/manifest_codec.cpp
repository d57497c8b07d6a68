// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/replication/manifest_codec.h"

#include "cluster/replication/message_io.h"

namespace maxiofs::cluster::replication {

namespace {

constexpr std::uint32_t kRequestMagic = 0x5152584d;   // "MXRQ"
constexpr std::uint32_t kManifestMagic = 0x4d52584d;  // "MXRM"
constexpr std::string_view kRequestName = "a question for a manifest";
constexpr std::string_view kManifestName = "a manifest";

constexpr std::size_t kSmallestEntry = 64;

using Kind = rules::ManifestEntry::Kind;

}  // namespace

std::string encodeManifestRequest(const ManifestRequest &request)
{
    MessageWriter writer(kRequestMagic);
    writer.header(request.header);
    writer->sized(request.prefix);
    writer.optionalName(request.after);
    writer->fixed(request.most);
    return writer.text();
}

Result<ManifestRequest> decodeManifestRequest(ByteView bytes)
{
    MessageReader reader(bytes);
    TRY_STATUS(reader.begin(kRequestMagic, kRequestName));
    ManifestRequest request;
    request.header = reader.header();
    request.prefix = reader->sizedText();
    request.after = reader.optionalName();
    request.most = reader->fixed<std::uint32_t>();
    if (!reader->finished())
        return malformed(kRequestName);
    return request;
}

std::string encodeManifest(const rules::TheirManifest &manifest)
{
    MessageWriter writer(kManifestMagic);
    writer->fixed(static_cast<std::uint8_t>(manifest.verdict));
    writer.location(manifest.location);
    writer->sized(manifest.reason);
    writer.flag(manifest.page.more);
    writer.flag(manifest.page.whole);
    writer->varint(manifest.page.entries.size());
    for (const rules::ManifestEntry &entry : manifest.page.entries) {
        writer.name(entry.name);
        writer->fixed(static_cast<std::uint8_t>(entry.kind));
        writer.stamp(entry.stamp);
        writer.stamp(entry.headerStamp);
        writer->varint(entry.size);
        writer.id(entry.contentHash);
    }
    return writer.text();
}

Result<rules::TheirManifest> decodeManifest(ByteView bytes)
{
    MessageReader reader(bytes);
    TRY_STATUS(reader.begin(kManifestMagic, kManifestName));
    rules::TheirManifest manifest;
    const auto verdict = reader->fixed<std::uint8_t>();
    manifest.location = reader.location();
    manifest.reason = reader->sizedText();
    manifest.page.more = reader.flag();
    manifest.page.whole = reader.flag();
    const auto count = reader.count(kSmallestEntry, kMaxManifestEntries);
    if (!count || verdict > static_cast<std::uint8_t>(rules::Verdict::NotReady))
        return malformed(kManifestName);
    manifest.verdict = static_cast<rules::Verdict>(verdict);
    manifest.page.entries.reserve(*count);
    for (std::size_t i = 0; i < *count; ++i) {
        rules::ManifestEntry entry;
        entry.name = reader.name();
        const auto kind = reader->fixed<std::uint8_t>();
        entry.stamp = reader.stamp();
        entry.headerStamp = reader.stamp();
        entry.size = reader->varint();
        entry.contentHash = reader.id();
        if (kind > static_cast<std::uint8_t>(Kind::Tombstone))
            return malformed(kManifestName);
        entry.kind = static_cast<Kind>(kind);
        manifest.page.entries.push_back(std::move(entry));
    }
    if (!reader->finished())
        return malformed(kManifestName);
    return manifest;
}

}  // namespace maxiofs::cluster::replication
