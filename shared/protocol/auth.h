// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/user.h"

namespace maxiofs::protocol {

// POST /auth/login
struct LoginRequest {
    std::string username;
    std::string password;
};

// POST /auth/refresh and /auth/logout
struct RefreshRequest {
    std::string refreshToken;
};

// The answer to login and refresh.
struct Session {
    std::string token;           // for Authorization: Bearer
    std::string refreshToken;    // for one use
    std::int64_t expiresIn = 0;  // seconds until `token` ends
    User user;
};

// The answer to POST /auth/s3-credentials: an access key for the S3 API that ends by itself.
struct S3Credentials {
    std::string accessKeyId;
    std::string secretAccessKey;
    std::string region;
    Time expiresAt;
};

}  // namespace maxiofs::protocol
