// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace maxiofs::cluster {

// What a request that is passed on streams through. A thread keeps a few for the next ones: fresh memory of
// this size costs more than a small answer. Used on one thread.
class RelayBuffer {
public:
    static constexpr std::size_t kBytes = std::size_t(256) * 1024;
    static constexpr std::size_t kSpare = 8;  // of a thread

    RelayBuffer();
    ~RelayBuffer();
    RelayBuffer(const RelayBuffer &) = delete;
    RelayBuffer &operator=(const RelayBuffer &) = delete;

    [[nodiscard]] std::span<std::byte> bytes() const { return {m_bytes.get(), kBytes}; }

private:
    std::unique_ptr<std::byte[]> m_bytes;
};

}  // namespace maxiofs::cluster
