// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/request.h"

#include "text/ascii.h"
#include "text/utf8.h"

#include <algorithm>

namespace maxiofs::api::s3 {

namespace {

constexpr std::size_t kMinBucketName = 3;
constexpr std::size_t kMaxBucketName = 63;

std::string_view withoutPort(std::string_view host)
{
    if (host.starts_with('['))  // an IPv6 address names no bucket
        return host.substr(0, host.find(']') + 1);
    return host.substr(0, host.find(':'));
}

}  // namespace

std::string_view bucketOfHost(std::string_view host, const std::vector<std::string> &domains)
{
    const std::string_view name = withoutPort(host);
    for (const std::string &domain : domains) {
        if (name.size() <= domain.size() + 1)
            continue;
        const std::size_t cut = name.size() - domain.size();
        if (name[cut - 1] == '.' && text::iequals(name.substr(cut), domain))
            return name.substr(0, cut - 1);
    }
    return {};
}

bool isPossibleBucketName(std::string_view name)
{
    if (name.size() < kMinBucketName || name.size() > kMaxBucketName)
        return false;
    return std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    });
}

S3Result<Request> Request::parse(const http::RequestHead &head, const std::vector<std::string> &domains,
                                 std::int64_t receivedMs)
{
    Request request(head, receivedMs);

    auto query = text::Query::parse(head.query());
    auto path = text::percentDecode(head.path());
    if (!query || !path || !path->starts_with('/') || !text::isValidUtf8(*path) ||
        path->find('\0') != std::string::npos)
        return refuse(S3Error(errors::kInvalidUri).with("URI", std::string(head.path())));
    request.m_query = *std::move(query);

    std::string_view rest(*path);
    rest.remove_prefix(1);
    if (const auto bucket = bucketOfHost(head.host(), domains); !bucket.empty()) {
        request.m_bucket = text::toLower(bucket);
        request.m_virtualHosted = true;
        request.m_key = rest;
    } else {
        const std::size_t slash = rest.find('/');
        request.m_bucket = rest.substr(0, slash);
        if (slash != std::string_view::npos)
            request.m_key = rest.substr(slash + 1);
    }

    if (request.m_bucket.empty() && !rest.empty())
        return refuse(S3Error(errors::kInvalidUri).with("URI", std::string(head.path())));
    if (!request.m_bucket.empty() && !isPossibleBucketName(request.m_bucket))
        return refuse(S3Error(errors::kInvalidBucketName).with("BucketName", request.m_bucket));
    if (request.m_key.size() > kMaxKeyBytes)
        return refuse(S3Error(errors::kKeyTooLong)
                          .with("Size", std::to_string(request.m_key.size()))
                          .with("MaxSizeAllowed", std::to_string(kMaxKeyBytes)));
    return request;
}

std::string Request::resource() const
{
    std::string text = "/" + m_bucket;
    if (!m_key.empty())
        text.append("/").append(m_key);
    return text;
}

}  // namespace maxiofs::api::s3
