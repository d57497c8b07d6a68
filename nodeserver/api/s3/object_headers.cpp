// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/object_headers.h"

#include "api/s3/tagging.h"
#include "text/ascii.h"
#include "text/dates.h"

#include <algorithm>
#include <array>

namespace maxiofs::api::s3 {

namespace {

constexpr std::string_view kMetadataPrefix = "x-amz-meta-";
constexpr std::string_view kDefaultContentType = "binary/octet-stream";  // as S3

struct ContentHeader {
    std::string_view name;      // as it is sent
    std::string_view stored;    // as it is kept
    std::string_view override;  // the parameter that replaces it
};
constexpr std::array<ContentHeader, 6> kContentHeaders{{
    {"Content-Type", "content-type", "response-content-type"},
    {"Cache-Control", "cache-control", "response-cache-control"},
    {"Content-Disposition", "content-disposition", "response-content-disposition"},
    {"Content-Encoding", "content-encoding", "response-content-encoding"},
    {"Content-Language", "content-language", "response-content-language"},
    {"Expires", "expires", "response-expires"},
}};

constexpr std::array<std::string_view, 6> kStorageClasses{"STANDARD",   "REDUCED_REDUNDANCY",  "STANDARD_IA",
                                                          "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR"};
constexpr std::array<std::string_view, 6> kForeignClasses{"GLACIER", "DEEP_ARCHIVE",    "OUTPOSTS",
                                                          "SNOW",    "EXPRESS_ONEZONE", "FSX_OPENZFS"};

bool contains(const std::array<std::string_view, 6> &names, std::string_view name)
{
    return std::ranges::find(names, name) != names.end();
}

// aws-chunked is how the body travels, not how the object is encoded.
std::string withoutAwsChunked(std::string_view encodings)
{
    std::string kept;
    text::forEachPiece(encodings, ',', [&](std::string_view piece) {
        piece = text::trim(piece);
        if (piece.empty() || text::iequals(piece, "aws-chunked"))
            return;
        if (!kept.empty())
            kept += ",";
        kept += piece;
    });
    return kept;
}

S3Result<store::Pairs> parseMetadata(const http::RequestHead &head)
{
    store::Pairs metadata;
    std::size_t size = 0;
    for (std::size_t i = 0; i < head.fieldCount(); ++i) {
        const auto field = head.field(i);
        if (!text::istartsWith(field.name, kMetadataPrefix))
            continue;
        std::string name = text::toLower(field.name.substr(kMetadataPrefix.size()));
        size += name.size() + field.value.size();
        const auto same = std::ranges::find(metadata, name, &std::pair<std::string, std::string>::first);
        if (same != metadata.end())
            same->second.append(",").append(field.value);
        else
            metadata.emplace_back(std::move(name), field.value);
    }
    if (size > store::kMaxUserMetadataBytes)
        return refuse(S3Error(errors::kMetadataTooLarge)
                          .with("Size", std::to_string(size))
                          .with("MaxSizeAllowed", std::to_string(store::kMaxUserMetadataBytes)));
    return metadata;
}

}  // namespace

S3Result<std::string> parseStorageClass(const Request &request)
{
    const auto given = request.header("x-amz-storage-class");
    if (!given || *given == kStorageClasses.front())
        return std::string();
    if (contains(kStorageClasses, *given))
        return std::string(*given);
    if (contains(kForeignClasses, *given))
        return refuse(S3Error(errors::kNotImplemented, "The storage class " + std::string(*given) +
                                                           " is not implemented: every object is readable at "
                                                           "once.")
                          .with("Header", "x-amz-storage-class"));
    return refuse(S3Error(errors::kInvalidStorageClass).with("StorageClassRequested", std::string(*given)));
}

S3Result<store::Attributes> parseAttributes(const Request &request)
{
    store::Attributes attributes;
    for (const ContentHeader &header : kContentHeaders) {
        const auto value = request.header(header.name);
        if (!value)
            continue;
        std::string kept =
            header.stored == "content-encoding" ? withoutAwsChunked(*value) : std::string(*value);
        if (!kept.empty())
            attributes.contentHeaders.emplace_back(header.stored, std::move(kept));
    }
    S3_TRY(attributes.userMetadata, parseMetadata(request.head()));
    S3_TRY(attributes.storageClass, parseStorageClass(request));
    if (const auto tags = request.header("x-amz-tagging")) {
        S3_TRY(attributes.tags, parseTagHeader(*tags));
    }
    attributes.encryption = request.headerText("x-amz-server-side-encryption");
    return attributes;
}

S3Result<ResponseOverrides> ResponseOverrides::parse(const Request &request)
{
    ResponseOverrides overrides;
    for (const ContentHeader &header : kContentHeaders) {
        const std::string *value = request.parameter(header.override);
        if (value == nullptr)
            continue;
        if (std::ranges::any_of(*value,
                                [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }))
            return refuseArgument(header.override, *value,
                                  "A response header cannot hold control characters.");
        overrides.headers.emplace_back(header.name, *value);
    }
    return overrides;
}

void addVersionHeaders(http::ResponseHead &head, const store::ObjectInfo &info, bool versioned)
{
    head.add("Last-Modified", text::formatHttpDate(info.lastModifiedMs));
    head.add("ETag", quoted(info.etag));
    head.add("Accept-Ranges", "bytes");
    if (versioned)
        head.add("x-amz-version-id", info.version.text());
    if (!info.storageClass.empty())
        head.add("x-amz-storage-class", info.storageClass);
}

void addAttributeHeaders(http::ResponseHead &head, const store::Attributes &attributes,
                         const ResponseOverrides &overrides)
{
    for (const ContentHeader &header : kContentHeaders) {
        const auto replaced = std::ranges::find(overrides.headers, header.name,
                                                &std::pair<std::string_view, std::string>::first);
        const auto stored = std::ranges::find(attributes.contentHeaders, header.stored,
                                              &std::pair<std::string, std::string>::first);
        if (replaced != overrides.headers.end())
            head.add(header.name, replaced->second);
        else if (stored != attributes.contentHeaders.end())
            head.add(header.name, stored->second);
        else if (header.stored == "content-type")
            head.add(header.name, kDefaultContentType);
    }
    std::string name(kMetadataPrefix);
    for (const auto &[key, value] : attributes.userMetadata) {
        name.resize(kMetadataPrefix.size());
        name += key;
        head.add(name, value);
    }
    if (!attributes.tags.empty())
        head.add("x-amz-tagging-count", static_cast<std::uint64_t>(attributes.tags.size()));
    if (!attributes.encryption.empty())
        head.add("x-amz-server-side-encryption", attributes.encryption);
}

std::string quoted(std::string_view etag)
{
    std::string text;
    text.reserve(etag.size() + 2);
    text.append("\"").append(etag).append("\"");
    return text;
}

}  // namespace maxiofs::api::s3
