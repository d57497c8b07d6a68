// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/error_kinds.h"
#include "base/result.h"
#include "sigv4/auth_error.h"

#include <expected>
#include <string>
#include <utility>
#include <vector>

namespace maxiofs::api::s3 {

// A refusal in S3's terms: code, status, sentence, further elements of the document and header fields.
struct S3Error {
    using Pair = std::pair<std::string_view, std::string>;  // names are of static life

    ErrorKind kind = errors::kInternalError;
    std::string message;
    std::vector<Pair> details;  // elements of the document, in order
    std::vector<Pair> headers;  // fields of the response
    std::string cause;          // for the log alone: what went wrong inside the server

    // NOLINTNEXTLINE(google-explicit-constructor): a kind alone is an error with its usual sentence
    S3Error(const ErrorKind &errorKind) : kind(errorKind), message(errorKind.message) {}
    S3Error(const ErrorKind &errorKind, std::string text) : kind(errorKind), message(std::move(text)) {}

    S3Error &&with(std::string_view element, std::string value) &&
    {
        details.emplace_back(element, std::move(value));
        return std::move(*this);
    }
    S3Error &&withHeader(std::string_view name, std::string value) &&
    {
        headers.emplace_back(name, std::move(value));
        return std::move(*this);
    }
};

template <typename T>
using S3Result = std::expected<T, S3Error>;
using S3Status = std::expected<void, S3Error>;

/// `return refuse(S3Error(errors::kNoSuchKey).with("Key", key));`
[[nodiscard]] inline std::unexpected<S3Error> refuse(S3Error error)
{
    return std::unexpected<S3Error>(std::move(error));
}
/// InvalidArgument with the name and value that S3 repeats in the document.
[[nodiscard]] std::unexpected<S3Error> refuseArgument(std::string_view name, std::string_view value,
                                                      std::string message);
/// NotImplemented for a header or query parameter: nothing that changes meaning is accepted and dropped.
[[nodiscard]] std::unexpected<S3Error> refuseHeader(std::string_view name);

// What an operation was about, for the elements of an error of the store.
struct Subject {
    std::string_view bucket;
    std::string_view key;
    std::string_view versionId;
    std::string_view uploadId;
};

/// The one place where errors of the store become S3's. What is the server's fault carries its cause.
[[nodiscard]] S3Error fromStore(const Error &error, const Subject &subject);
template <typename T>
[[nodiscard]] S3Result<T> toS3(Result<T> result, const Subject &subject)
{
    if (!result)
        return refuse(fromStore(result.error(), subject));
    if constexpr (std::is_void_v<T>)
        return {};
    else
        return *std::move(result);
}
/// Writes the cause, if there is one, under the request's id.
void logCause(const S3Error &error, std::string_view requestId, std::string_view resource);
/// The one place where errors of the signature become S3's.
[[nodiscard]] S3Error fromAuth(const sigv4::AuthError &error);

}  // namespace maxiofs::api::s3

// As TRY_STATUS and TRY_ASSIGN, for S3Result; the CO_ forms are for coroutines.
#define S3_CHECK(expression)                                                                                 \
    do {                                                                                                     \
        if (auto s3Status = (expression); !s3Status)                                                         \
            return std::unexpected<::maxiofs::api::s3::S3Error>(std::move(s3Status).error());                \
    } while (false)
#define S3_TRY(declaration, expression)                                                                      \
    auto MAXIOFS_CONCAT(s3Result, __LINE__) = (expression);                                                  \
    if (!MAXIOFS_CONCAT(s3Result, __LINE__))                                                                 \
        return std::unexpected<::maxiofs::api::s3::S3Error>(                                                 \
            std::move(MAXIOFS_CONCAT(s3Result, __LINE__)).error());                                          \
    declaration = *std::move(MAXIOFS_CONCAT(s3Result, __LINE__))
#define CO_S3_CHECK(expression)                                                                              \
    do {                                                                                                     \
        if (auto s3Status = (expression); !s3Status)                                                         \
            co_return std::unexpected<::maxiofs::api::s3::S3Error>(std::move(s3Status).error());             \
    } while (false)
#define CO_S3_TRY(declaration, expression)                                                                   \
    auto MAXIOFS_CONCAT(s3Result, __LINE__) = (expression);                                                  \
    if (!MAXIOFS_CONCAT(s3Result, __LINE__))                                                                 \
        co_return std::unexpected<::maxiofs::api::s3::S3Error>(                                              \
            std::move(MAXIOFS_CONCAT(s3Result, __LINE__)).error());                                          \
    declaration = *std::move(MAXIOFS_CONCAT(s3Result, __LINE__))
