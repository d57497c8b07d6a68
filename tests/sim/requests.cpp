// SPDX-License-Identifier: GPL-3.0-or-later
#include "requests.h"

#include <algorithm>
#include <iterator>

namespace maxiofs::sim {

using cluster::rules::PushRecords;
using cluster::rules::Request;

std::vector<records::Record> clonesOf(const std::vector<records::Record> &records)
{
    std::vector<records::Record> clones;
    clones.reserve(records.size());
    std::ranges::transform(records, std::back_inserter(clones), &records::Record::clone);
    return clones;
}

Request cloneOf(const Request &request)
{
    Request clone;
    // Record is moved only, so the variant as a whole cannot be copied.
    std::visit(
        [&clone](const auto &value) {
            using T = std::decay_t<decltype(value)>;
            if constexpr (std::is_same_v<T, PushRecords>)
                clone.emplace<T>(clonesOf(value.records), value.forget);
            else
                clone.emplace<T>(value);
        },
        request);
    return clone;
}

}  // namespace maxiofs::sim
