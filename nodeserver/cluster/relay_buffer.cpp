// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/relay_buffer.h"

#include <vector>

namespace maxiofs::cluster {

namespace {

std::vector<std::unique_ptr<std::byte[]>> &spareBuffers()
{
    static thread_local std::vector<std::unique_ptr<std::byte[]>> spare;
    return spare;
}

}  // namespace

RelayBuffer::RelayBuffer()
{
    auto &spare = spareBuffers();
    if (spare.empty()) {
        m_bytes = std::make_unique_for_overwrite<std::byte[]>(kBytes);
    } else {
        m_bytes = std::move(spare.back());
        spare.pop_back();
    }
}

RelayBuffer::~RelayBuffer()
{
    auto &spare = spareBuffers();
    if (spare.size() < kSpare)
        spare.push_back(std::move(m_bytes));
}

}  // namespace maxiofs::cluster
