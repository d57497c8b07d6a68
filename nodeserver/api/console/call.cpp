// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/call.h"

#include <charconv>

namespace maxiofs::api::console {

namespace {

constexpr std::size_t kStandardLimit = 100;
constexpr std::size_t kGreatestLimit = 1000;

}  // namespace

std::string Call::parameter(std::string_view name) const
{
    for (const text::QueryPair &pair : query) {
        if (pair.name == name)
            return pair.value;
    }
    return {};
}

Result<std::size_t> Call::limit() const
{
    const std::string text = parameter("limit");
    if (text.empty())
        return kStandardLimit;
    std::size_t limit = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
    if (error != std::errc() || end != text.data() + text.size() || limit == 0 || limit > kGreatestLimit)
        return failure(Error::InvalidArgument, "The parameter limit must be 1 to 1000.", "limit");
    return limit;
}

Result<bool> Call::force() const
{
    const std::string text = parameter("force");
    if (!text.empty() && text != "true" && text != "false")
        return failure(Error::InvalidArgument, "The parameter force must be true or false.", "force");
    return text == "true";
}

std::vector<protocol::MissingNode> Call::missing() const
{
    std::vector<protocol::MissingNode> nodes;
    for (const MemberAnswer &other : others) {
        if (!other.data)
            nodes.push_back({other.id.uuid(), other.name, other.data.error().message});
    }
    return nodes;
}

}  // namespace maxiofs::api::console
