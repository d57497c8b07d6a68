// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/json.h"

#include <map>

namespace maxiofs::protocol {

// The OpenAPI 3.0 schemas of this folder's structs, each under its name, made from the same list of fields
// that encodes and decodes them. A request's fields may be left out unless decoding needs them; in an answer
// every field is there. One thread at a time.
class Schemas {
public:
    enum class Use { Request, Answer };

    explicit Schemas(Use use) : m_use(use) {}

    [[nodiscard]] Use use() const { return m_use; }
    [[nodiscard]] const std::map<std::string, QJsonObject> &all() const { return m_all; }

    /// The name of a struct's schema. One that serves both ways has two, of which "...Request" is the one
    /// for requests.
    [[nodiscard]] std::string nameFor(std::string_view structName) const;
    [[nodiscard]] bool contains(const std::string &name) const { return m_all.contains(name); }
    void add(const std::string &name, QJsonObject schema) { m_all[name] = std::move(schema); }
    [[nodiscard]] static QJsonObject referenceTo(const std::string &name);

private:
    const Use m_use;
    std::map<std::string, QJsonObject> m_all;
};

/// Adds the schemas of T and of all that it contains, and gives the reference to T's. For each struct that
/// toJson knows.
template <typename T>
[[nodiscard]] QJsonObject schemaOf(Schemas &into);

/// The same for a page of T.
template <typename T>
[[nodiscard]] QJsonObject pageSchemaOf(Schemas &into);

}  // namespace maxiofs::protocol
