// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/call.h"
#include "api/s3/copy_source.h"

namespace maxiofs::api::s3 {

/// Up to 1,000 deletions in one request, each with its own answer (S3 API: DeleteObjects).
struct DeleteObjects {
    static constexpr OperationId kId = OperationId::DeleteObjects;

    static constexpr std::size_t kMaxKeys = 1000;

    struct Item {
        std::string key;
        NamedVersion version;
        store::WriteConditions conditions;
        std::optional<S3Error> refusal;  // of this item alone
    };
    struct Document {
        std::vector<Item> items;
        bool quiet = false;
    };
    [[nodiscard]] static S3Result<Document> parseDocument(std::string_view document);

    [[nodiscard]] static S3Result<DeleteObjects> parse(const Request &request);
    [[nodiscard]] Access access(const Request &request) const;
    net::Awaitable<S3Result<Reply>> run(Call &call) const;
};

}  // namespace maxiofs::api::s3
