// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/console/context.h"
#include "text/uri.h"

namespace maxiofs::api::console {

// What another member answered to the same request.
struct MemberAnswer {
    NodeId id;
    std::string name;
    Result<QJsonValue> data;

    template <typename T>
    [[nodiscard]] Result<T> value() const
    {
        TRY_ASSIGN(const QJsonValue json, data);
        return protocol::fromJson<T>(json);
    }
    template <typename T>
    [[nodiscard]] Result<protocol::Page<T>> page() const
    {
        TRY_ASSIGN(const QJsonValue json, data);
        return protocol::pageFromJson<T>(json);
    }
};

// One request to an endpoint. Handlers run on the blocking pool.
struct Call {
    const Context &context;
    identity::Identity identity = {};          // empty where the endpoint is for anyone
    std::vector<std::string> parameters = {};  // of the path, decoded, in order
    std::vector<text::QueryPair> query = {};   // `raw` is not set
    QJsonObject body = {};
    std::string address = {};  // the client's

    // For the audit log; the handler fills in what it knows.
    struct Note {
        std::string resource;
        QJsonValue before;
        QJsonValue after;
        std::string username;  // of a login
    } note = {};

    std::string requestId = {};
    bool isPassedOn = false;                // by another member, for which this node answers for itself alone
    std::vector<MemberAnswer> others = {};  // of the scopes All and Node; in order of their ids

    /// The first value of a query parameter; empty without one.
    [[nodiscard]] std::string parameter(std::string_view name) const;
    /// `limit` of a list: 1 to 1000, 100 without one. InvalidArgument otherwise.
    [[nodiscard]] Result<std::size_t> limit() const;
    /// `force=true`; InvalidArgument for anything else than true and false.
    [[nodiscard]] Result<bool> force() const;
    [[nodiscard]] const identity::User &user() const { return *identity.user; }
    /// Those of `others` that did not answer.
    [[nodiscard]] std::vector<protocol::MissingNode> missing() const;
};

// What an endpoint answers when it succeeds.
struct Answer {
    unsigned status = 200;
    QJsonValue data;
    std::string message;

    [[nodiscard]] static Answer ok(QJsonValue data) { return {200, std::move(data), {}}; }
    [[nodiscard]] static Answer created(QJsonValue data) { return {201, std::move(data), {}}; }
    [[nodiscard]] static Answer begun(QJsonValue data) { return {202, std::move(data), {}}; }
    [[nodiscard]] static Answer done(std::string message)
    {
        return {200, QJsonValue::Null, std::move(message)};
    }
};

/// A page of `items`, of which one more than `limit` may be given to tell that there is more.
template <typename T>
[[nodiscard]] protocol::Page<T> pageOf(std::vector<T> items, std::size_t limit, std::string T::*id)
{
    protocol::Page<T> page;
    const bool more = items.size() > limit;
    if (more)
        items.resize(limit);
    if (more && !items.empty())
        page.next = items.back().*id;
    page.items = std::move(items);
    return page;
}

}  // namespace maxiofs::api::console
