// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/histogram.h"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace maxiofs::api::ops {

// Builds the text that Prometheus reads (exposition format 0.0.4). A metric's samples follow its declaration:
// counter("maxiofs_requests_total", "...").sample(5, {{"operation", "GetObject"}}). One thread.
class MetricsText {
public:
    using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

    MetricsText &counter(std::string_view name, std::string_view help);
    MetricsText &gauge(std::string_view name, std::string_view help);
    MetricsText &sample(std::uint64_t value, Labels labels = {});
    MetricsText &sample(double value, Labels labels = {});
    /// Durations in seconds, from a histogram of microseconds.
    MetricsText &histogram(std::string_view name, std::string_view help);
    MetricsText &durations(const base::Histogram &histogram, Labels labels = {});

    [[nodiscard]] std::string take() { return std::move(m_text); }

private:
    void declare(std::string_view name, std::string_view type, std::string_view help);
    void line(std::string_view suffix, Labels labels, std::string_view extraLabel,
              std::string_view extraValue, std::string_view value);

    std::string m_text;
    std::string m_name;
};

}  // namespace maxiofs::api::ops
