// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/schema.h"

namespace maxiofs::api::console {

// What goes into an endpoint and what comes out of it when it succeeds: the documentation shows it, and the
// tests hold each answer against it.
struct Shape {
    using Describe = QJsonObject (*)(protocol::Schemas &into);
    struct Success {
        unsigned status = 200;
        Describe data = nullptr;  // null: `data` is null, the envelope's message says all
    };

    Describe request = nullptr;  // null: no body
    Success success;
    std::string_view query = {};  // names of query parameters, with a space between
};

inline constexpr Shape::Describe kNothing = nullptr;
template <typename T>
inline constexpr Shape::Describe kTakes = &protocol::schemaOf<T>;

inline constexpr Shape::Success kMessage{};
template <typename T>
inline constexpr Shape::Success kGives{200, &protocol::schemaOf<T>};
template <typename T>
inline constexpr Shape::Success kMakes{201, &protocol::schemaOf<T>};
template <typename T>
inline constexpr Shape::Success kBegins{202, &protocol::schemaOf<T>};
template <typename T>
inline constexpr Shape::Success kLists{200, &protocol::pageSchemaOf<T>};

/// POST /users: a UserChange of which more is needed.
[[nodiscard]] QJsonObject newUserSchema(protocol::Schemas &into);
/// POST /tenants: a TenantChange of which more is needed.
[[nodiscard]] QJsonObject newTenantSchema(protocol::Schemas &into);
/// PUT /settings: any settings, by name.
[[nodiscard]] QJsonObject settingsSchema(protocol::Schemas &into);

}  // namespace maxiofs::api::console
