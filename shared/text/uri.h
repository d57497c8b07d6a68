// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace maxiofs::text {

enum class Slash { Encode, Keep };
enum class Plus { Literal, Space };

/// S3's URI encoding: all but A-Z a-z 0-9 - _ . ~ becomes %XX in upper case (S3 API: signature version 4).
[[nodiscard]] std::string uriEncode(std::string_view text, Slash slash = Slash::Encode);
void appendUriEncoded(std::string &to, std::string_view text, Slash slash = Slash::Encode);

/// Whether uriEncode() would change nothing.
[[nodiscard]] bool isUriEncoded(std::string_view text, Slash slash = Slash::Encode);

/// Decodes %XX. Empty when a percent sign is not followed by two hex digits.
[[nodiscard]] std::optional<std::string> percentDecode(std::string_view text, Plus plus = Plus::Literal);

struct Target {
    std::string_view path;   // as sent, without the query; "/" for "*"
    std::string_view query;  // as sent, without '?'
};

/// Splits an origin-form request target ("/bucket/key?list-type=2") at its first '?'.
[[nodiscard]] Target splitTarget(std::string_view target);

struct QueryPair {
    std::string name;      // decoded
    std::string value;     // decoded; empty without '='
    std::string_view raw;  // "name=value" as sent, a view into what was parsed
};

// The parameters of a query in the order sent. Views point into the text that was parsed, which must outlive
// it.
class Query {
public:
    /// Empty when an encoding is broken. '+' means a space; pairs without a name are skipped.
    [[nodiscard]] static std::optional<Query> parse(std::string_view rawQuery);

    [[nodiscard]] const std::vector<QueryPair> &pairs() const { return m_pairs; }
    /// The first value of `name` (case matters), or null.
    [[nodiscard]] const std::string *find(std::string_view name) const;
    [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
    [[nodiscard]] std::size_t count(std::string_view name) const;

private:
    std::vector<QueryPair> m_pairs;
};

}  // namespace maxiofs::text
