// SPDX-License-Identifier: GPL-3.0-or-later
#include "schema_check.h"

#include "protocol/json.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace maxiofs::api::console::fixture {

namespace {

// With references and allOf put in.
QJsonObject flat(const QJsonObject &schema, const QJsonObject &components)
{
    if (schema.contains("$ref"_L1)) {
        const QString name = schema.value("$ref"_L1).toString().section(u'/', -1);
        if (!components.contains(name))
            qFatal("a reference to the unknown schema %s", qPrintable(name));
        return flat(components.value(name).toObject(), components);
    }
    QJsonObject result = schema;
    result.remove("allOf"_L1);
    for (const QJsonValue &part : schema.value("allOf"_L1).toArray()) {
        const QJsonObject more = flat(part.toObject(), components);
        QJsonObject properties = result.value("properties"_L1).toObject();
        QJsonArray required = result.value("required"_L1).toArray();
        const QJsonObject added = more.value("properties"_L1).toObject();
        for (auto property = added.begin(); property != added.end(); ++property)
            properties.insert(property.key(), property.value());
        for (const QJsonValue &name : more.value("required"_L1).toArray())
            required.append(name);
        for (auto member = more.begin(); member != more.end(); ++member)
            result.insert(member.key(), member.value());
        result.insert("properties"_L1, properties);
        result.insert("required"_L1, required);
    }
    return result;
}

bool isOfType(const QJsonValue &value, const QString &type)
{
    if (type == "object"_L1)
        return value.isObject();
    if (type == "array"_L1)
        return value.isArray();
    if (type == "string"_L1)
        return value.isString();
    if (type == "boolean"_L1)
        return value.isBool();
    if (type == "integer"_L1)
        return value.toInteger(0) == value.toInteger(1);
    return type == "number"_L1 && value.isDouble();
}

std::string misfitAt(const std::string &at, const QJsonValue &value, const QJsonObject &wanted,
                     const QJsonObject &components)
{
    const QJsonObject schema = flat(wanted, components);
    const auto wrong = [&](const QString &what) { return at + ": " + what.toStdString(); };
    if (schema.contains("enum"_L1) && !schema.value("enum"_L1).toArray().contains(value))
        return wrong(u"is none of the values"_s);
    if (value.isNull())
        return schema.contains("type"_L1) && !schema.value("nullable"_L1).toBool() ? wrong(u"is null"_s)
                                                                                   : std::string();
    const QString type = schema.value("type"_L1).toString();
    if (!type.isEmpty() && !isOfType(value, type))
        return wrong(u"is not of type "_s + type);
    if (schema.value("format"_L1) == "date-time"_L1 && !protocol::fromIso(value.toString().toStdString()))
        return wrong(u"is no time"_s);
    if (schema.contains("minimum"_L1) && value.toDouble() < schema.value("minimum"_L1).toDouble())
        return wrong(u"is too small"_s);
    if (schema.contains("maximum"_L1) && value.toDouble() > schema.value("maximum"_L1).toDouble())
        return wrong(u"is too great"_s);
    if (value.isArray()) {
        int index = 0;
        for (const QJsonValue &item : value.toArray()) {
            std::string inner = misfitAt(at + '[' + std::to_string(index++) + ']', item,
                                         schema.value("items"_L1).toObject(), components);
            if (!inner.empty())
                return inner;
        }
    }
    if (!value.isObject() || !schema.contains("properties"_L1))
        return {};
    const QJsonObject object = value.toObject();
    const QJsonObject properties = schema.value("properties"_L1).toObject();
    for (const QJsonValue &name : schema.value("required"_L1).toArray()) {
        if (!object.contains(name.toString()))
            return wrong(u"has no "_s + name.toString());
    }
    for (auto member = object.begin(); member != object.end(); ++member) {
        if (!properties.contains(member.key()))
            return wrong(u"has the unknown field "_s + member.key());
        std::string inner = misfitAt(at + '.' + member.key().toStdString(), member.value(),
                                     properties.value(member.key()).toObject(), components);
        if (!inner.empty())
            return inner;
    }
    return {};
}

}  // namespace

std::string misfit(const QJsonValue &value, const QJsonObject &schema, const QJsonObject &components)
{
    return misfitAt("body", value, schema, components);
}

}  // namespace maxiofs::api::console::fixture
