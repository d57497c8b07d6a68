// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/ops/metrics_text.h"

#include <array>
#include <charconv>

namespace maxiofs::api::ops {

namespace {

constexpr double kMicrosecondsPerSecond = 1e6;
constexpr std::array<std::pair<std::uint64_t, std::string_view>, 12> kBounds{{
    {500, "0.0005"},
    {1'000, "0.001"},
    {2'500, "0.0025"},
    {5'000, "0.005"},
    {10'000, "0.01"},
    {25'000, "0.025"},
    {50'000, "0.05"},
    {100'000, "0.1"},
    {250'000, "0.25"},
    {1'000'000, "1"},
    {5'000'000, "5"},
    {30'000'000, "30"},
}};

std::string textOf(double value)
{
    std::array<char, 40> buffer{};
    const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    return error == std::errc() ? std::string(buffer.data(), end) : "0";
}

void appendLabel(std::string &to, std::string_view name, std::string_view value)
{
    to += to.empty() ? '{' : ',';
    to += name;
    to += "=\"";
    for (const char c : value) {
        if (c == '\\' || c == '"')
            to += '\\';
        if (c == '\n')
            to += "\\n";
        else
            to += c;
    }
    to += '"';
}

}  // namespace

MetricsText &MetricsText::counter(std::string_view name, std::string_view help)
{
    declare(name, "counter", help);
    return *this;
}

MetricsText &MetricsText::gauge(std::string_view name, std::string_view help)
{
    declare(name, "gauge", help);
    return *this;
}

MetricsText &MetricsText::histogram(std::string_view name, std::string_view help)
{
    declare(name, "histogram", help);
    return *this;
}

void MetricsText::declare(std::string_view name, std::string_view type, std::string_view help)
{
    m_name = name;
    m_text +=
        "# HELP " + m_name + ' ' + std::string(help) + "\n# TYPE " + m_name + ' ' + std::string(type) + '\n';
}

MetricsText &MetricsText::sample(std::uint64_t value, Labels labels)
{
    line({}, labels, {}, {}, std::to_string(value));
    return *this;
}

MetricsText &MetricsText::sample(double value, Labels labels)
{
    line({}, labels, {}, {}, textOf(value));
    return *this;
}

MetricsText &MetricsText::durations(const base::Histogram &histogram, Labels labels)
{
    // The count is read first: what is recorded meanwhile only makes lower buckets greater, so cap them.
    const std::uint64_t count = histogram.count();
    for (const auto &[bound, name] : kBounds)
        line("_bucket", labels, "le", name, std::to_string(std::min(histogram.countUpTo(bound), count)));
    line("_bucket", labels, "le", "+Inf", std::to_string(count));
    line("_sum", labels, {}, {},
         textOf(static_cast<double>(histogram.sumMicroseconds()) / kMicrosecondsPerSecond));
    line("_count", labels, {}, {}, std::to_string(count));
    return *this;
}

void MetricsText::line(std::string_view suffix, Labels labels, std::string_view extraLabel,
                       std::string_view extraValue, std::string_view value)
{
    std::string labelText;
    for (const auto &[name, text] : labels)
        appendLabel(labelText, name, text);
    if (!extraLabel.empty())
        appendLabel(labelText, extraLabel, extraValue);
    if (!labelText.empty())
        labelText += '}';
    m_text += m_name;
    m_text += suffix;
    m_text += labelText;
    m_text += ' ';
    m_text += value;
    m_text += '\n';
}

}  // namespace maxiofs::api::ops
