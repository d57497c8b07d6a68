// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/request.h"
#include "store/types.h"

namespace maxiofs::api::s3 {

// A list of ETags as If-Match and If-None-Match hold it.
struct EtagList {
    bool any = false;  // "*"
    struct Item {
        std::string etag;  // without quotes
        bool weak = false;
    };
    std::vector<Item> items;

    /// Strong comparison (RFC 9110 section 8.8.3.2): a weak tag fits nothing.
    [[nodiscard]] bool fitsStrongly(std::string_view etag) const;
    [[nodiscard]] bool fitsWeakly(std::string_view etag) const;
};
/// Takes quoted tags and, as S3 does, bare ones.
[[nodiscard]] EtagList parseEtagList(std::string_view header);

// The four conditions of a read, or of a copy's source.
struct ReadConditions {
    std::optional<EtagList> ifMatch;
    std::optional<EtagList> ifNoneMatch;
    std::optional<std::int64_t> ifModifiedSinceMs;    // whole seconds
    std::optional<std::int64_t> ifUnmodifiedSinceMs;  //

    /// From If-Match and the rest. A date that is malformed is ignored (RFC 9110 section 13.1.3).
    [[nodiscard]] static ReadConditions parse(const Request &request);
    /// From x-amz-copy-source-if-match and the rest.
    [[nodiscard]] static ReadConditions parseCopySource(const Request &request);

    enum class Outcome { Pass, NotModified, Failed };
    struct Verdict {
        Outcome outcome = Outcome::Pass;
        std::string_view condition;  // the one that decided: "If-Match"
    };
    /// In the order of RFC 9110 section 13.2.2: If-Match hides If-Unmodified-Since, If-None-Match hides
    /// If-Modified-Since (S3 API: GetObject).
    [[nodiscard]] Verdict judge(std::string_view etag, std::int64_t lastModifiedMs) const;
};

/// PreconditionFailed with the condition's name.
[[nodiscard]] S3Error preconditionFailed(std::string_view condition);

/// If-Match and If-None-Match of a change, to be decided by the store's committer. NotImplemented for what S3
/// does not take either: If-None-Match with an ETag, several ETags, dates.
[[nodiscard]] S3Result<store::WriteConditions> parseWriteConditions(const Request &request);

/// Whether a Range header counts (RFC 9110 section 13.1.5).
[[nodiscard]] bool ifRangeHolds(std::string_view ifRange, std::string_view etag, std::int64_t lastModifiedMs,
                                std::int64_t nowMs);

}  // namespace maxiofs::api::s3
