// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/schema.h"

using namespace Qt::StringLiterals;

namespace maxiofs::protocol {

std::string Schemas::nameFor(std::string_view structName) const
{
    std::string name(structName);
    if (m_use == Use::Request && !name.ends_with("Request") && !name.ends_with("Change"))
        name += "Request";
    return name;
}

QJsonObject Schemas::referenceTo(const std::string &name)
{
    return {{"$ref"_L1, u"#/components/schemas/"_s + QString::fromStdString(name)}};
}

}  // namespace maxiofs::protocol
