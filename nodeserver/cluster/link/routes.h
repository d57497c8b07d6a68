// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/admission.h"

#include <optional>
#include <string_view>

namespace maxiofs::cluster::link {

inline constexpr std::string_view kInternalBase = "/api/internal/cluster/";
inline constexpr std::size_t kMaxPlainBody = 1024 * 1024;       // of a signed request without TLS
inline constexpr std::size_t kMaxSignedBody = 8 * 1024 * 1024;  // over TLS

using rules::Proof;

// What a route's request and answer are.
enum class Form : std::uint8_t {
    Json,   // an object with its `format`
    Bytes,  // with a magic and a version of their own, read by the handler
};

// The fixed list of internal routes: a request goes by POST to kInternalBase + name. No name is a prefix of
// another, so that a signature's parts have borders.
struct Route {
    std::string_view name;
    Proof proof;
    Form form = Form::Json;
};

[[nodiscard]] std::span<const Route> routes();
[[nodiscard]] const Route *findRoute(std::string_view path);
/// The route that exchanges records of this kind.
[[nodiscard]] std::string_view syncRouteOf(records::Kind kind);
/// Where a request goes. Records go to `tenant-sync`, `user-sync` or `record-sync` by their kinds: a request
/// holds kinds of one of these only.
[[nodiscard]] std::string_view routeOf(const rules::Request &request);

}  // namespace maxiofs::cluster::link
