// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/tagging.h"

#include "text/ascii.h"
#include "text/uri.h"
#include "text/utf8.h"
#include "text/xml_writer.h"

#include <algorithm>

namespace maxiofs::api::s3 {

namespace {

std::size_t charactersOf(std::string_view text)
{
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

// Letters, numbers and spaces of any script, and + - = . _ : / @ (S3 User Guide).
bool isAllowed(std::string_view text)
{
    static constexpr std::string_view marks = "+-=._:/@ \t\n\r";
    return std::ranges::all_of(text, [](char c) {
        return static_cast<unsigned char>(c) >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
               (c >= 'A' && c <= 'Z') || marks.find(c) != std::string_view::npos;
    });
}

S3Status checkTags(const store::Pairs &tags)
{
    if (tags.size() > kMaxTags)
        return refuse(S3Error(errors::kBadRequest, "Object tags cannot be greater than 10"));
    for (std::size_t i = 0; i < tags.size(); ++i) {
        const auto &[key, value] = tags[i];
        if (key.empty() || charactersOf(key) > kMaxTagKey || !text::isValidUtf8(key) || !isAllowed(key))
            return refuse(
                S3Error(errors::kInvalidTag, "The TagKey you have provided is invalid").with("TagKey", key));
        if (charactersOf(value) > kMaxTagValue || !text::isValidUtf8(value) || !isAllowed(value))
            return refuse(S3Error(errors::kInvalidTag, "The TagValue you have provided is invalid")
                              .with("TagKey", key)
                              .with("TagValue", value));
        if (text::istartsWith(key, "aws:"))
            return refuse(S3Error(errors::kInvalidTag, "System tags cannot be added/updated by requester"));
        for (std::size_t other = 0; other < i; ++other) {
            if (tags[other].first == key)
                return refuse(S3Error(errors::kInvalidTag, "Cannot provide multiple Tags with the same key"));
        }
    }
    return {};
}

}  // namespace

S3Result<store::Pairs> parseTagHeader(std::string_view header)
{
    store::Pairs tags;
    if (header.empty())
        return tags;
    const auto query = text::Query::parse(header);
    if (!query)
        return refuseArgument(
            "x-amz-tagging", header,
            "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query "
            "parameters without tag name duplicates.");
    for (const auto &pair : query->pairs())
        tags.emplace_back(pair.name, pair.value);
    S3_CHECK(checkTags(tags));
    return tags;
}

S3Result<store::Pairs> parseTagDocument(std::string_view document)
{
    const auto root = text::parseXml(document);
    const text::XmlElement *set = root && root->name == "Tagging" ? root->child("TagSet") : nullptr;
    if (set == nullptr)
        return refuse(S3Error(errors::kMalformedXml));
    store::Pairs tags;
    for (const text::XmlElement &tag : set->children) {
        if (tag.name != "Tag" || tag.child("Key") == nullptr || tag.child("Value") == nullptr)
            return refuse(S3Error(errors::kMalformedXml));
        tags.emplace_back(tag.childText("Key"), tag.childText("Value"));
    }
    S3_CHECK(checkTags(tags));
    return tags;
}

std::string renderTags(const store::Pairs &tags)
{
    text::XmlWriter xml;
    xml.open("Tagging").attribute("xmlns", text::kS3Namespace).open("TagSet");
    for (const auto &[key, value] : tags)
        xml.open("Tag").element("Key", key).element("Value", value).close();
    xml.close().close();
    return xml.take();
}

}  // namespace maxiofs::api::s3
