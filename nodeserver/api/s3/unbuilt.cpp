// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/unbuilt.h"

#include "text/ascii.h"

#include <algorithm>
#include <array>

namespace maxiofs::api::s3 {

namespace {

struct SubResource {
    std::string_view parameter;
    std::string_view noun;  // of the operation's name: PutBucketCors
};

constexpr std::array kBucketSubResources{
    SubResource{"abac", "BucketAbac"},
    SubResource{"accelerate", "BucketAccelerateConfiguration"},
    SubResource{"analytics", "BucketAnalyticsConfiguration"},
    SubResource{"cors", "BucketCors"},
    SubResource{"encryption", "BucketEncryption"},
    SubResource{"intelligent-tiering", "BucketIntelligentTieringConfiguration"},
    SubResource{"inventory", "BucketInventoryConfiguration"},
    SubResource{"lifecycle", "BucketLifecycleConfiguration"},
    SubResource{"logging", "BucketLogging"},
    SubResource{"metadataConfiguration", "BucketMetadataConfiguration"},
    SubResource{"metadataTable", "BucketMetadataTableConfiguration"},
    SubResource{"metrics", "BucketMetricsConfiguration"},
    SubResource{"notification", "BucketNotificationConfiguration"},
    SubResource{"object-lock", "ObjectLockConfiguration"},
    SubResource{"ownershipControls", "BucketOwnershipControls"},
    SubResource{"policy", "BucketPolicy"},
    SubResource{"policyStatus", "BucketPolicyStatus"},
    SubResource{"publicAccessBlock", "PublicAccessBlock"},
    SubResource{"replication", "BucketReplication"},
    SubResource{"requestPayment", "BucketRequestPayment"},
    SubResource{"session", "Session"},
    SubResource{"tagging", "BucketTagging"},
    SubResource{"website", "BucketWebsite"},
};

constexpr std::array kObjectSubResources{
    SubResource{"append", "AppendObject"},        SubResource{"encryption", "ObjectEncryption"},
    SubResource{"legal-hold", "ObjectLegalHold"}, SubResource{"renameObject", "RenameObject"},
    SubResource{"restore", "RestoreObject"},      SubResource{"retention", "ObjectRetention"},
    SubResource{"select", "SelectObjectContent"}, SubResource{"torrent", "ObjectTorrent"},
};

// Refused whenever they are there.
constexpr std::array<std::string_view, 12> kHeaders{
    "x-amz-object-lock-mode",
    "x-amz-object-lock-retain-until-date",
    "x-amz-object-lock-legal-hold",
    "x-amz-website-redirect-location",
    "x-amz-write-offset-bytes",
    "x-amz-mfa",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-server-side-encryption-context",
    "x-amz-if-match-last-modified-time",
    "x-amz-if-match-size",
    "x-amz-rename-source",
    "x-amz-bucket-namespace",
};
constexpr std::array<std::string_view, 3> kPrefixes{
    "x-amz-grant-",
    "x-amz-server-side-encryption-customer-",
    "x-amz-copy-source-server-side-encryption-customer-",
};

// Built for the values that say what the server does anyway.
struct Limited {
    std::string_view header;
    std::array<std::string_view, 2> taken;
};
constexpr std::array kLimited{
    Limited{"x-amz-acl", {"private", "bucket-owner-full-control"}},
    Limited{"x-amz-server-side-encryption", {"AES256", "AES256"}},
    Limited{"x-amz-server-side-encryption-bucket-key-enabled", {"false", "FALSE"}},
    Limited{"x-amz-bucket-object-lock-enabled", {"false", "False"}},
    Limited{"x-amz-bypass-governance-retention", {"false", "False"}},
    Limited{"x-amz-object-ownership", {"BucketOwnerEnforced", "BucketOwnerEnforced"}},
};

std::string operationName(std::string_view method, std::string_view noun)
{
    const std::string_view verb = method == "PUT"      ? "Put"
                                  : method == "DELETE" ? "Delete"
                                  : method == "POST"   ? ""
                                                       : "Get";
    return std::string(verb) + std::string(noun);
}

std::unexpected<S3Error> refuseOperation(std::string name)
{
    return refuse(S3Error(errors::kNotImplemented, "The operation " + name + " is not implemented.")
                      .with("Operation", std::move(name)));
}

S3Status checkHeader(std::string_view name, std::string_view value)
{
    const auto same = [name](std::string_view other) { return text::iequals(name, other); };
    if (std::ranges::any_of(kHeaders, same) ||
        std::ranges::any_of(kPrefixes, [&](auto prefix) { return text::istartsWith(name, prefix); }))
        return refuseHeader(text::toLower(name));
    const auto limited = std::ranges::find_if(kLimited, same, &Limited::header);
    if (limited != kLimited.end() && std::ranges::find(limited->taken, value) == limited->taken.end())
        return refuse(S3Error(errors::kNotImplemented, "The header " + std::string(limited->header) +
                                                           " is not implemented with the value " +
                                                           std::string(value) + ".")
                          .with("Header", std::string(limited->header)));
    return {};
}

}  // namespace

S3Status refuseUnbuilt(const Request &request)
{
    const http::RequestHead &head = request.head();
    for (std::size_t i = 0; i < head.fieldCount(); ++i) {
        const auto field = head.field(i);
        if (text::istartsWith(field.name, "x-amz-"))
            S3_CHECK(checkHeader(field.name, field.value));
    }

    if (request.method() == "OPTIONS")
        return refuseOperation("PreflightRequest");
    if (request.query().pairs().empty())
        return {};
    if (request.bucket().empty())
        return {};
    const auto refuseAny = [&](const auto &table) -> S3Status {
        for (const SubResource &sub : table) {
            if (request.hasParameter(sub.parameter))
                return refuseOperation(operationName(request.method(), sub.noun));
        }
        return {};
    };
    if (request.key().empty()) {
        S3_CHECK(refuseAny(kBucketSubResources));
        if (request.hasParameter("acl") && request.method() == "PUT")
            return refuseOperation("PutBucketAcl");
        return {};
    }
    S3_CHECK(refuseAny(kObjectSubResources));
    if (request.hasParameter("acl") && request.method() == "PUT")
        return refuseOperation("PutObjectAcl");
    return {};
}

}  // namespace maxiofs::api::s3
