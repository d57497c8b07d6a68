// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <expected>
#include <utility>

namespace maxiofs {

// A value or the reason why there is none. Functions that return it are [[nodiscard]].
template <typename T>
using Result = std::expected<T, Error>;

// A Result without a value.
using Status = std::expected<void, Error>;

/// `return failure(Error::NoSuchKey, "...")` in a function that returns a Result.
[[nodiscard]] inline std::unexpected<Error> failure(Error::Code code, std::string message,
                                                    std::string subject = {})
{
    return std::unexpected<Error>(std::in_place, code, std::move(message), std::move(subject));
}

[[nodiscard]] inline std::unexpected<Error> failure(Error error)
{
    return std::unexpected<Error>(std::move(error));
}

}  // namespace maxiofs

#define MAXIOFS_CONCAT_(a, b) a##b
#define MAXIOFS_CONCAT(a, b) MAXIOFS_CONCAT_(a, b)

// Returns the error of a Status or Result expression from the enclosing function, if it has one.
#define TRY_STATUS(expression)                                                                               \
    do {                                                                                                     \
        if (auto tryStatus = (expression); !tryStatus)                                                       \
            return std::unexpected<::maxiofs::Error>(std::move(tryStatus).error());                          \
    } while (false)

// `TRY_ASSIGN(const auto x, f());` declares x with the value, or returns f's error.
#define TRY_ASSIGN(declaration, expression)                                                                  \
    auto MAXIOFS_CONCAT(tryResult, __LINE__) = (expression);                                                 \
    if (!MAXIOFS_CONCAT(tryResult, __LINE__))                                                                \
        return std::unexpected<::maxiofs::Error>(std::move(MAXIOFS_CONCAT(tryResult, __LINE__)).error());    \
    declaration = *std::move(MAXIOFS_CONCAT(tryResult, __LINE__))
