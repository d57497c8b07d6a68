// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/s3_error.h"
#include "http/request_head.h"
#include "text/uri.h"

#include <optional>

namespace maxiofs::api::s3 {

inline constexpr std::size_t kMaxKeyBytes = 1024;

// A request's head in S3's terms: what it addresses, path style or virtual-hosted style, and its parameters.
// Refers to the head it was made from.
class Request {
public:
    /// `domains`: hosts whose labels in front name a bucket. InvalidURI for a broken encoding,
    /// KeyTooLongError, InvalidBucketName.
    [[nodiscard]] static S3Result<Request>
    parse(const http::RequestHead &head, const std::vector<std::string> &domains, std::int64_t receivedMs);

    [[nodiscard]] const http::RequestHead &head() const { return *m_head; }
    [[nodiscard]] std::string_view method() const { return m_head->method(); }
    [[nodiscard]] const std::string &bucket() const { return m_bucket; }  // empty: the service itself
    [[nodiscard]] const std::string &key() const { return m_key; }        // empty: the bucket itself
    [[nodiscard]] bool isVirtualHosted() const { return m_virtualHosted; }
    [[nodiscard]] std::int64_t receivedMs() const { return m_receivedMs; }
    /// "/bucket/key", decoded, for error documents.
    [[nodiscard]] std::string resource() const;

    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const
    {
        return m_head->find(name);
    }
    /// The header's value, or empty.
    [[nodiscard]] std::string_view headerText(std::string_view name) const
    {
        return header(name).value_or(std::string_view());
    }
    /// The first parameter of this name, or null.
    [[nodiscard]] const std::string *parameter(std::string_view name) const { return m_query.find(name); }
    [[nodiscard]] bool hasParameter(std::string_view name) const { return m_query.has(name); }
    [[nodiscard]] const text::Query &query() const { return m_query; }

private:
    Request(const http::RequestHead &head, std::int64_t receivedMs) : m_head(&head), m_receivedMs(receivedMs)
    {
    }

    const http::RequestHead *m_head;
    std::string m_bucket;
    std::string m_key;
    text::Query m_query;
    bool m_virtualHosted = false;
    std::int64_t m_receivedMs;
};

/// The bucket that a Host header names in virtual-hosted style; empty for path style.
[[nodiscard]] std::string_view bucketOfHost(std::string_view host, const std::vector<std::string> &domains);
/// Whether a bucket could have this name: S3's rules of form, also those that held for old buckets.
[[nodiscard]] bool isPossibleBucketName(std::string_view name);

}  // namespace maxiofs::api::s3
