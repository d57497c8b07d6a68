// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/call.h"
#include "api/s3/copy_source.h"

namespace maxiofs::api::s3 {

/// The one access control list that there is: the owner's (S3 API: GetObjectAcl).
struct GetObjectAcl {
    static constexpr OperationId kId = OperationId::GetObjectAcl;

    NamedVersion version;

    [[nodiscard]] static S3Result<GetObjectAcl> parse(const Request &request);
    [[nodiscard]] Access access(const Request &request) const;
    net::Awaitable<S3Result<Reply>> run(Call &call) const;
};

}  // namespace maxiofs::api::s3
