// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/console/refusal.h"
#include "api/console/rights.h"
#include "api/console/shape.h"

#include <span>

namespace maxiofs::api::console {

// How an endpoint is answered in a cluster: from records that all nodes have, by the owner of the bucket or
// by the node that the path's first parameter names, by this node alone, or from every member.
enum class Scope { Record, Owner, Node, Local, All };

[[nodiscard]] std::string_view nameOf(Scope scope);

using Handler = Result<Answer> (*)(Call &);

// One endpoint of the console API: code, documentation and the test of the rights share the table of these.
struct Endpoint {
    std::string_view method;
    std::string_view path;  // below /api/v1; "{...}" stands for one segment
    Right right;
    Scope scope;
    Handler handler;  // null: GET /events, which streams
    Shape shape;
    std::string_view about;                 // a sentence for the documentation
    std::string_view action = {};           // in the audit log; empty: not recorded
    std::string_view missing = "NotFound";  // the error's code for Error::NotFound
    Refuse refuse = nullptr;                // where its handler's errors have codes of their own
};

[[nodiscard]] std::span<const Endpoint> endpoints();

struct Match {
    const Endpoint *endpoint = nullptr;  // null: no such path, or another method
    std::vector<std::string> parameters;
    std::string allowed;  // the methods of that path, when only the method is wrong
};

/// The bucket by whose owner an endpoint of the scope Owner is answered: the one that the path names, the
/// source of the rule that it names, or that of the conflict. NoSuchBucket, NotFound.
[[nodiscard]] Result<records::BucketPtr> bucketOf(const Endpoint &endpoint, const Call &call);

/// `path` is below /api/v1, still percent-encoded.
[[nodiscard]] Match findEndpoint(std::string_view method, std::string_view path);

}  // namespace maxiofs::api::console
