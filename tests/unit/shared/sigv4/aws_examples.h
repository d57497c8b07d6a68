// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sigv4/request_view.h"
#include "sigv4/signing_key.h"

#include <string>
#include <utility>
#include <vector>

namespace maxiofs::aws_examples {

// The credentials and the time of all examples in the S3 API reference (signature version 4).
inline constexpr const char *kAccessKey = "AKIAIOSFODNN7EXAMPLE";
inline constexpr const char *kSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
inline constexpr const char *kHost = "examplebucket.s3.amazonaws.com";
inline constexpr const char *kScope = "20130524/us-east-1/s3/aws4_request";
inline constexpr const char *kDate = "20130524T000000Z";
inline constexpr std::int64_t kTime = 1'369'353'600'000;
inline constexpr const char *kEmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

inline sigv4::SigningKey key()
{
    return sigv4::signingKey(kSecret, "20130524", "us-east-1");
}

// A request that owns its texts.
struct Request {
    std::string method = "GET";
    std::string path = "/";
    std::string query;
    std::vector<std::pair<std::string, std::string>> headers{{"Host", kHost}};
    std::vector<sigv4::HeaderView> views;

    void set(const std::string &name, const std::string &value)
    {
        for (auto &header : headers) {
            if (header.first == name) {
                header.second = value;
                return;
            }
        }
        headers.emplace_back(name, value);
    }
    sigv4::RequestView view()
    {
        views.clear();
        for (const auto &[name, value] : headers)
            views.push_back({name, value});
        return {method, path, query, views};
    }
};

inline std::string authorizationOf(const std::string &signedHeaders, const std::string &signature)
{
    return std::string("AWS4-HMAC-SHA256 Credential=") + kAccessKey + "/" + kScope +
           ",SignedHeaders=" + signedHeaders + ",Signature=" + signature;
}

// "GET Object" of the reference, as sent.
inline Request getObject()
{
    Request request;
    request.path = "/test.txt";
    request.set("Range", "bytes=0-9");
    request.set("x-amz-content-sha256", kEmptyHash);
    request.set("x-amz-date", kDate);
    request.set("Authorization",
                authorizationOf("host;range;x-amz-content-sha256;x-amz-date",
                                "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"));
    return request;
}

// "Authenticating Requests: Using Query Parameters" of the reference.
inline Request presigned()
{
    Request request;
    request.path = "/test.txt";
    request.query =
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1"
        "%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
        "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";
    return request;
}

}  // namespace maxiofs::aws_examples
