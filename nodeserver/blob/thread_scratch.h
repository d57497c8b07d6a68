// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace maxiofs::blob {

/// `size` bytes of this thread's buffer, with any content, until the next call: frames on their way between
/// file and memory. It grows to the largest size asked for (at most kBatchFrames stored frames) and belongs
/// to the thread, since there are fewer threads than uploads.
[[nodiscard]] inline std::span<std::byte> threadScratch(std::size_t size)
{
    thread_local std::unique_ptr<std::byte[]> buffer;
    thread_local std::size_t capacity = 0;
    if (capacity < size) {
        buffer = std::make_unique_for_overwrite<std::byte[]>(size);
        capacity = size;
    }
    return {buffer.get(), size};
}

}  // namespace maxiofs::blob
