// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/membership_refusals.h"

#include "cluster/rules/admission.h"

#include <QJsonArray>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace maxiofs::api::console {

namespace {

constexpr std::string_view kSeparator = ", ";
constexpr std::string_view kSeenCertificate = "certificate:";  // then the fingerprint, in a subject

struct Row {
    Error::Code code;
    std::string_view subject;  // empty: any
    unsigned status;
    std::string_view name;
};

constexpr std::array kRows{
    Row{Error::AlreadyExists, "cluster", 409, "AlreadyInCluster"},
    Row{Error::NotFound, "cluster", 409, "NotInCluster"},
    Row{Error::Unauthenticated, "token", 403, "WrongToken"},
    Row{Error::Unauthenticated, "credentials", 403, "WrongRemoteCredentials"},
    Row{Error::Denied, "credentials", 403, "WrongRemoteCredentials"},
    Row{Error::Unauthenticated, "certificate", 409, "UnknownCertificate"},
    Row{Error::Closed, "member", 502, "PeerUnreachable"},
    Row{Error::TimedOut, "member", 502, "PeerUnreachable"},
    Row{Error::TimedOut, "join", 504, "OutcomeUnknown"},
    Row{Error::Closed, "join", 409, "JoinGivenUp"},
    Row{Error::InvalidArgument, "clock", 409, "ClockSkew"},
    Row{Error::Unsupported, "protocol", 409, "ProtocolMismatch"},
    Row{Error::NotFound, "offer", 409, "OfferExpired"},
    Row{Error::Denied, "cluster-full", 409, "ClusterFull"},
    Row{Error::Busy, "join", 409, "JoinUnderWay"},
    Row{Error::Busy, "leave", 409, "LeavingAlready"},
};

std::optional<std::pair<unsigned, std::string_view>> ofDoor(const Error &error)
{
    using Door = cluster::rules::Refusal;
    switch (cluster::rules::refusalOf(error).value_or(Door::UnknownNode)) {
    case Door::Lone: return std::pair(409U, std::string_view("NotInCluster"));
    case Door::Joining: return std::pair(409U, std::string_view("JoinUnderWay"));
    case Door::Removed: return std::pair(409U, std::string_view("RemovedNode"));
    case Door::WrongCertificate: return std::pair(409U, std::string_view("UnknownCertificate"));
    case Door::WrongToken: return std::pair(403U, std::string_view("WrongToken"));
    case Door::UnknownNode: break;
    }
    return std::nullopt;
}

QJsonArray arrayOf(const std::vector<std::string> &names)
{
    QJsonArray array;
    for (const std::string &name : names)
        array.append(QString::fromStdString(name));
    return array;
}

}  // namespace

std::vector<std::string> namesIn(const std::string &subject)
{
    std::vector<std::string> names;
    std::string_view rest = subject;
    while (!rest.empty()) {
        const std::string_view name = rest.substr(0, rest.find(kSeparator));
        names.emplace_back(name);
        rest.remove_prefix(std::min(name.size() + kSeparator.size(), rest.size()));
    }
    return names;
}

std::optional<Refusal> joinRefusal(const Error &error)
{
    if (const auto known = ofDoor(error))
        return Refusal{known->first, std::string(known->second), error.message, {}};
    for (const Row &row : kRows) {
        if (row.code == error.code && row.subject == error.subject)
            return Refusal{row.status, std::string(row.name), error.message, {}};
    }
    if (error.subject.starts_with(kSeenCertificate)) {
        const QString seen = QString::fromStdString(error.subject.substr(kSeenCertificate.size()));
        return Refusal{409, "UnknownCertificate", error.message, {{"fingerprint"_L1, seen}}};
    }
    if (error.code == Error::PreconditionFailed)
        return Refusal{409, "NameClashes", error.message, {{"names"_L1, arrayOf(namesIn(error.subject))}}};
    // Whatever else another node could not accept: never a 401 of this one.
    if (error.code == Error::Unauthenticated)
        return Refusal{403, "PeerRefused", error.message, {}};
    if (error.code == Error::Closed || error.code == Error::TimedOut)
        return Refusal{502, "PeerUnreachable", error.message, {}};
    return std::nullopt;
}

std::optional<Refusal> removalRefusal(const Error &error)
{
    if (error.code == Error::BucketNotEmpty)
        return Refusal{
            409, "NodeOwnsBuckets", error.message, {{"buckets"_L1, arrayOf(namesIn(error.subject))}}};
    return joinRefusal(error);
}

}  // namespace maxiofs::api::console
