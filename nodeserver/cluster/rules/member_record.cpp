// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/member_record.h"

using namespace Qt::StringLiterals;

namespace maxiofs::cluster::rules {

namespace {

std::string textIn(const QJsonObject &body, QLatin1StringView field)
{
    return body.value(field).toString().toStdString();
}

}  // namespace

std::optional<MemberRecord> memberOf(const records::Record &record)
{
    const auto id = NodeId::fromUuid(record.id);
    if (record.kind != records::Kind::Node || record.deleted || !id)
        return std::nullopt;
    MemberRecord member;
    member.description.id = *id;
    member.description.name = textIn(record.body, "name"_L1);
    member.description.endpoint = textIn(record.body, "endpoint"_L1);
    member.description.region = textIn(record.body, "region"_L1);
    member.description.priority = record.body.value("priority"_L1).toInteger(member.description.priority);
    member.description.metadata = record.body.value("metadata"_L1).toObject();
    member.description.certificate = textIn(record.body, "certificate"_L1);
    member.number =
        static_cast<unsigned>(std::max<qint64>(record.body.value("member_number"_L1).toInteger(), 0));
    member.createdMs = record.body.value("created_ms"_L1).toInteger();
    return member;
}

std::optional<NodeId> removedIn(const records::Record &record)
{
    if (record.kind != records::Kind::Node || !record.deleted)
        return std::nullopt;
    return NodeId::fromUuid(record.id);
}

}  // namespace maxiofs::cluster::rules
