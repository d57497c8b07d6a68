// SPDX-License-Identifier: GPL-3.0-or-later
#include "records/bucket_name.h"

#include <algorithm>
#include <array>

namespace maxiofs::records {

namespace {

constexpr std::size_t kShortest = 3;
constexpr std::size_t kLongest = 63;
constexpr std::array<std::string_view, 3> kReservedNames{"health", "metrics", "api"};
constexpr std::array<std::string_view, 3> kReservedPrefixes{"xn--", "sthree-", "amzn-s3-demo-"};
constexpr std::array<std::string_view, 5> kReservedSuffixes{"-s3alias", "--ol-s3", ".mrap", "--x-s3",
                                                            "--table-s3"};

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isLetterOrDigit(char c)
{
    return isDigit(c) || (c >= 'a' && c <= 'z');
}

// Four numbers with dots between: S3 asks only for the form, so 999.1.1.1 is refused as well.
bool looksLikeAddress(std::string_view name)
{
    return std::ranges::all_of(name, [](char c) { return isDigit(c) || c == '.'; }) &&
           std::ranges::count(name, '.') == 3;
}

}  // namespace

Status checkBucketName(std::string_view name)
{
    const auto refuse = [&](const std::string &rule) {
        return failure(Error::InvalidArgument, "A bucket's name " + rule + ".", std::string(name));
    };
    if (name.size() < kShortest || name.size() > kLongest)
        return refuse("has 3 to 63 characters");
    if (!std::ranges::all_of(name, [](char c) { return isLetterOrDigit(c) || c == '.' || c == '-'; }))
        return refuse("consists of lower-case letters, digits, dots and hyphens");
    if (!isLetterOrDigit(name.front()) || !isLetterOrDigit(name.back()))
        return refuse("begins and ends with a letter or digit");
    if (name.contains(".."))
        return refuse("does not have two dots side by side");
    if (looksLikeAddress(name))
        return refuse("does not look like an IP address");
    for (const std::string_view prefix : kReservedPrefixes) {
        if (name.starts_with(prefix))
            return refuse("does not begin with " + std::string(prefix));
    }
    for (const std::string_view suffix : kReservedSuffixes) {
        if (name.ends_with(suffix))
            return refuse("does not end with " + std::string(suffix));
    }
    if (std::ranges::find(kReservedNames, name) != kReservedNames.end())
        return refuse("is not health, metrics or api: these paths belong to the node");
    return {};
}

}  // namespace maxiofs::records
