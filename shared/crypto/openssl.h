// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string_view>

namespace maxiofs::crypto::detail {

/// Ends the program with what OpenSSL says: a library that cannot hash or encrypt leaves nothing to go on
/// with.
[[noreturn]] void openSslFailed(std::string_view action);

inline void require(int result, std::string_view action)
{
    if (result != 1)
        openSslFailed(action);
}

template <typename T>
T *require(T *pointer, std::string_view action)
{
    if (pointer == nullptr)
        openSslFailed(action);
    return pointer;
}

/// Frees with one of OpenSSL's functions: std::unique_ptr<BIO, FreeWith<BIO_free>>.
template <auto Free>
struct FreeWith {
    template <typename T>
    void operator()(T *object) const
    {
        Free(object);
    }
};

}  // namespace maxiofs::crypto::detail
