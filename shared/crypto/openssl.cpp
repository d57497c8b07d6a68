// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/openssl.h"

#include "base/log_line.h"

#include <cstdlib>
#include <openssl/err.h>
#include <string>

namespace maxiofs::crypto::detail {

void openSslFailed(std::string_view action)
{
    char reason[256];
    ERR_error_string_n(ERR_get_error(), reason, sizeof reason);
    base::errorLine("OpenSSL cannot " + std::string(action) + "; the program ends").with("reason", reason);
    std::abort();
}

}  // namespace maxiofs::crypto::detail
