// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/copy_source.h"

#include "text/utf8.h"

namespace maxiofs::api::s3 {

namespace {

std::unexpected<S3Error> badSource(std::string_view header)
{
    return refuseArgument("x-amz-copy-source", header,
                          "Copy Source must mention the source bucket and key: sourcebucket/sourcekey");
}

S3Result<NamedVersion> versionOf(std::string_view text)
{
    if (text.empty())
        return refuseArgument("versionId", text, "Version id cannot be the empty string");
    const auto version = store::VersionId::parse(text);
    if (!version)
        return refuseArgument("versionId", text, "Invalid version id specified");
    return NamedVersion{std::string(text), *version};
}

}  // namespace

S3Result<CopySource> CopySource::parse(std::string_view header)
{
    if (header.starts_with("arn:"))
        return refuseHeader("x-amz-copy-source");
    static constexpr std::string_view marker = "?versionId=";
    CopySource source;
    std::string_view path = header;
    // A '?' of the key is encoded, so the last one can only begin the version.
    if (const std::size_t at = header.rfind(marker); at != std::string_view::npos) {
        path = header.substr(0, at);
        const auto text = text::percentDecode(header.substr(at + marker.size()));
        if (!text)
            return badSource(header);
        S3_TRY(source.version, versionOf(*text));
    }

    // S3 takes a plus sign as a space here, as in a form.
    auto decoded = text::percentDecode(path, text::Plus::Space);
    if (!decoded || !text::isValidUtf8(*decoded) || decoded->find('\0') != std::string::npos)
        return badSource(header);
    std::string_view rest(*decoded);
    if (rest.starts_with('/'))
        rest.remove_prefix(1);
    const std::size_t slash = rest.find('/');
    if (slash == std::string_view::npos)
        return badSource(header);
    source.bucket = rest.substr(0, slash);
    source.key = rest.substr(slash + 1);
    if (source.key.empty() || !isPossibleBucketName(source.bucket))
        return badSource(header);
    if (source.key.size() > kMaxKeyBytes)
        return refuse(S3Error(errors::kKeyTooLong)
                          .with("Size", std::to_string(source.key.size()))
                          .with("MaxSizeAllowed", std::to_string(kMaxKeyBytes)));
    return source;
}

S3Result<NamedVersion> parseVersionId(const Request &request)
{
    const std::string *text = request.parameter("versionId");
    return text == nullptr ? S3Result<NamedVersion>(NamedVersion()) : versionOf(*text);
}

S3Status refuseVersionId(const Request &request)
{
    if (const std::string *text = request.parameter("versionId"))
        return refuseArgument("versionId", *text, "This operation does not accept a version-id.");
    return {};
}

}  // namespace maxiofs::api::s3
