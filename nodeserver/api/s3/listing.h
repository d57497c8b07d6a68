// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/call.h"
#include "text/xml_writer.h"

namespace maxiofs::api::s3 {

// What all listings of a bucket have in common.
struct ListParameters {
    std::string prefix;
    std::string delimiter;
    std::size_t limit = store::kMaxListing;  // what was asked for, at most 1,000
    bool urlEncoded = false;                 // encoding-type=url

    /// `limitName`: max-keys or max-uploads. InvalidArgument.
    [[nodiscard]] static S3Result<ListParameters> parse(const Request &request, std::string_view limitName);
    /// A name as the answer holds it.
    [[nodiscard]] std::string shown(std::string_view name) const;
    [[nodiscard]] store::ObjectStore::ListRequest request(const BucketId &bucket, std::string after) const;
    /// <Prefix>, <Delimiter> and <EncodingType>, the last two where they were given.
    void write(text::XmlWriter &xml) const;
    void writeCommonPrefix(text::XmlWriter &xml, std::string_view name) const;
};

/// A number of entries or parts asked for: InvalidArgument when it is none, clamped to `most`.
[[nodiscard]] S3Result<std::size_t> parseLimit(const Request &request, std::string_view name,
                                               std::size_t most);

/// An opaque token for the place after `name`, and back. Empty when it is not one of ours.
[[nodiscard]] std::string continuationToken(std::string_view name);
[[nodiscard]] std::optional<std::string> parseContinuationToken(std::string_view token);

// Writes <Owner> and the like: the canonical id and the name of its user, looked up once for a run of equal
// ones.
class OwnerWriter {
public:
    explicit OwnerWriter(identity::Directory &identities) : m_identities(identities) {}
    void write(text::XmlWriter &xml, std::string_view element, std::string_view canonicalId);
    /// <ID> and <DisplayName> alone.
    void writeNames(text::XmlWriter &xml, std::string_view canonicalId);

private:
    identity::Directory &m_identities;
    std::string m_id;
    std::string m_name;
};

/// <Contents> of the listings of objects.
void writeContents(text::XmlWriter &xml, const ListParameters &parameters,
                   const store::ObjectStore::ListedObject &entry, OwnerWriter *owner);
/// "STANDARD" for an empty one.
[[nodiscard]] std::string_view storageClassName(std::string_view storageClass);

/// A page of objects, from memory or on the pool. Nothing is asked for with a limit of 0.
net::Awaitable<S3Result<store::ObjectStore::Listing>> listPage(Call &call,
                                                               store::ObjectStore::ListRequest request);

}  // namespace maxiofs::api::s3
