// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>

namespace maxiofs::base {

// A count that only rises. Any thread; cheap enough for every request.
class Counter {
public:
    void add(std::uint64_t amount = 1) { m_value.fetch_add(amount, std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t value() const { return m_value.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> m_value{0};
};

// Durations in microseconds, in buckets that grow by a quarter of a power of two: quantiles are right to
// about 12 %, from 1 us to over an hour. Any thread.
class Histogram {
public:
    static constexpr std::size_t kBuckets = 128;

    void record(std::uint64_t microseconds)
    {
        m_buckets[bucketOf(microseconds)].fetch_add(1, std::memory_order_relaxed);
        m_sum.fetch_add(microseconds, std::memory_order_relaxed);
        m_count.fetch_add(1, std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint64_t count() const { return m_count.load(std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t sumMicroseconds() const { return m_sum.load(std::memory_order_relaxed); }

    /// How many values were at most `microseconds` (rounded up to a bucket's end).
    [[nodiscard]] std::uint64_t countUpTo(std::uint64_t microseconds) const
    {
        std::uint64_t total = 0;
        for (std::size_t i = 0; i <= bucketOf(microseconds); ++i)
            total += m_buckets[i].load(std::memory_order_relaxed);
        return total;
    }
    /// The value below which the fraction `quantile` (0 to 1) of all values lie, in microseconds; 0 when
    /// empty.
    [[nodiscard]] std::uint64_t quantile(double quantile) const
    {
        const auto wanted = static_cast<std::uint64_t>(quantile * static_cast<double>(count()));
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < kBuckets; ++i) {
            seen += m_buckets[i].load(std::memory_order_relaxed);
            if (seen > wanted)
                return upperBound(i);
        }
        return 0;
    }

private:
    static std::size_t bucketOf(std::uint64_t value)
    {
        if (value < 4)
            return static_cast<std::size_t>(value);
        const auto power = static_cast<unsigned>(std::bit_width(value)) - 1;
        const std::size_t bucket = (power - 1) * 4 + ((value >> (power - 2)) & 3);
        return bucket < kBuckets ? bucket : kBuckets - 1;
    }
    static std::uint64_t upperBound(std::size_t bucket)
    {
        if (bucket < 4)
            return bucket;
        const std::size_t power = bucket / 4 + 1;
        return ((bucket % 4 + 5) << (power - 2)) - 1;
    }

    std::array<std::atomic<std::uint64_t>, kBuckets> m_buckets{};
    std::atomic<std::uint64_t> m_sum{0};
    std::atomic<std::uint64_t> m_count{0};
};

}  // namespace maxiofs::base
