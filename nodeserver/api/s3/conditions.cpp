// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/conditions.h"

#include "text/ascii.h"
#include "text/dates.h"

#include <algorithm>

namespace maxiofs::api::s3 {

namespace {

std::optional<EtagList> etags(const Request &request, std::string_view name)
{
    const auto value = request.header(name);
    return value ? std::optional(parseEtagList(*value)) : std::nullopt;
}

std::optional<std::int64_t> date(const Request &request, std::string_view name)
{
    const auto value = request.header(name);
    return value ? text::parseHttpDate(*value, request.receivedMs()) : std::nullopt;
}

std::int64_t wholeSeconds(std::int64_t ms)
{
    return ms / 1000 * 1000;
}

}  // namespace

bool EtagList::fitsStrongly(std::string_view etag) const
{
    return any ||
           std::ranges::any_of(items, [&](const Item &item) { return !item.weak && item.etag == etag; });
}

bool EtagList::fitsWeakly(std::string_view etag) const
{
    return any || std::ranges::any_of(items, [&](const Item &item) { return item.etag == etag; });
}

EtagList parseEtagList(std::string_view header)
{
    EtagList list;
    std::string_view rest = text::trim(header);
    if (rest == "*") {
        list.any = true;
        return list;
    }
    while (!rest.empty()) {
        EtagList::Item item;
        if (rest.starts_with("W/")) {
            item.weak = true;
            rest.remove_prefix(2);
        }
        std::size_t end = 0;
        if (rest.starts_with('"')) {
            rest.remove_prefix(1);
            end = rest.find('"');
            item.etag = rest.substr(0, end);
            rest.remove_prefix(std::min(rest.size(), end == std::string_view::npos ? end : end + 1));
            end = rest.find(',');
        } else {
            end = rest.find(',');
            item.etag = text::trim(rest.substr(0, end));
        }
        if (!item.etag.empty())
            list.items.push_back(std::move(item));
        if (end == std::string_view::npos)
            break;
        rest = text::trim(rest.substr(end + 1));
    }
    return list;
}

ReadConditions ReadConditions::parse(const Request &request)
{
    return {etags(request, "If-Match"), etags(request, "If-None-Match"), date(request, "If-Modified-Since"),
            date(request, "If-Unmodified-Since")};
}

ReadConditions ReadConditions::parseCopySource(const Request &request)
{
    return {etags(request, "x-amz-copy-source-if-match"), etags(request, "x-amz-copy-source-if-none-match"),
            date(request, "x-amz-copy-source-if-modified-since"),
            date(request, "x-amz-copy-source-if-unmodified-since")};
}

ReadConditions::Verdict ReadConditions::judge(std::string_view etag, std::int64_t lastModifiedMs) const
{
    const std::int64_t modified = wholeSeconds(lastModifiedMs);
    if (ifMatch) {
        if (!ifMatch->fitsStrongly(etag))
            return {Outcome::Failed, "If-Match"};
    } else if (ifUnmodifiedSinceMs && modified > *ifUnmodifiedSinceMs) {
        return {Outcome::Failed, "If-Unmodified-Since"};
    }
    if (ifNoneMatch) {
        if (ifNoneMatch->fitsWeakly(etag))
            return {Outcome::NotModified, "If-None-Match"};
    } else if (ifModifiedSinceMs && modified <= *ifModifiedSinceMs) {
        return {Outcome::NotModified, "If-Modified-Since"};
    }
    return {};
}

S3Error preconditionFailed(std::string_view condition)
{
    return S3Error(errors::kPreconditionFailed).with("Condition", std::string(condition));
}

S3Result<store::WriteConditions> parseWriteConditions(const Request &request)
{
    for (const std::string_view name : {"If-Modified-Since", "If-Unmodified-Since"}) {
        if (request.header(name))
            return refuseHeader(name);
    }
    store::WriteConditions conditions;
    if (const auto value = request.header("If-None-Match")) {
        if (!parseEtagList(*value).any)
            return refuseHeader("If-None-Match");
        conditions.ifNoneMatchAny = true;
    }
    if (const auto value = request.header("If-Match")) {
        const EtagList list = parseEtagList(*value);
        if (list.any) {
            conditions.ifMatch = "*";
        } else {
            if (list.items.size() != 1 || list.items.front().weak)
                return refuseHeader("If-Match");
            conditions.ifMatch = list.items.front().etag;
        }
    }
    return conditions;
}

bool ifRangeHolds(std::string_view ifRange, std::string_view etag, std::int64_t lastModifiedMs,
                  std::int64_t nowMs)
{
    if (const auto since = text::parseHttpDate(ifRange, nowMs))
        return *since == wholeSeconds(lastModifiedMs);
    const EtagList list = parseEtagList(ifRange);
    return list.items.size() == 1 && list.fitsStrongly(etag);
}

}  // namespace maxiofs::api::s3
