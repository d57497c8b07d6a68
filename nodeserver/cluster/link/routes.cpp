// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/link/routes.h"

#include <algorithm>
#include <array>

namespace maxiofs::cluster::link {

namespace {

using records::Kind;

constexpr std::array kRoutes{
    Route{"tenant-sync", Proof::Member},
    Route{"user-sync", Proof::Member},
    Route{"record-sync", Proof::Member},
    Route{"record-digests", Proof::Member},
    Route{"record-pull", Proof::Member},
    Route{"record-seek", Proof::Member},
    Route{"name-reserve", Proof::Member},
    Route{"join-offer", Proof::Join},
    Route{"join-confirm", Proof::Join},
    Route{"join-invite", Proof::Invite},
    Route{"secrets-fetch", Proof::Certificate},
    Route{"secrets-deliver", Proof::Certificate},
    Route{"leave-cluster", Proof::Certificate},
    Route{"beat", Proof::Member},
    Route{"probe", Proof::Member},
    Route{"console-call", Proof::Member},
    Route{"events-since", Proof::Member},
    Route{"object-read", Proof::Member},
    Route{"tenant-usage", Proof::Member},
    Route{"replica-prepare", Proof::Member},
    Route{"replica-apply", Proof::Member, Form::Bytes},
    Route{"replica-manifest", Proof::Member, Form::Bytes},
    Route{"version-read", Proof::Member},
    Route{"version-header", Proof::Member, Form::Bytes},
    Route{"replica-progress", Proof::Member, Form::Bytes},
    Route{"ownership", Proof::Member, Form::Bytes},
    Route{"rule-lags", Proof::Member},
    Route{"replica-standing", Proof::Member},
};

struct RouteNamer {
    std::string_view operator()(const rules::PushRecords &request) const
    {
        return request.records.empty() ? "record-sync" : syncRouteOf(request.records.front().kind);
    }
    std::string_view operator()(const rules::CompareRecords &request) const
    {
        return request.kinds.empty() ? "record-sync" : syncRouteOf(request.kinds.front());
    }
    std::string_view operator()(const rules::AskDigests &) const { return "record-digests"; }
    std::string_view operator()(const rules::PullRecords &) const { return "record-pull"; }
    std::string_view operator()(const rules::SeekRecord &) const { return "record-seek"; }
    std::string_view operator()(const rules::ReserveName &) const { return "name-reserve"; }
    std::string_view operator()(const rules::JoinOffer &) const { return "join-offer"; }
    std::string_view operator()(const rules::JoinConfirm &) const { return "join-confirm"; }
    std::string_view operator()(const rules::JoinInvite &) const { return "join-invite"; }
    std::string_view operator()(const rules::FetchSecrets &) const { return "secrets-fetch"; }
    std::string_view operator()(const rules::DeliverSecrets &) const { return "secrets-deliver"; }
    std::string_view operator()(const rules::LeaveCluster &) const { return "leave-cluster"; }
    std::string_view operator()(const rules::Beat &) const { return "beat"; }
    std::string_view operator()(const rules::Probe &) const { return "probe"; }
};

}  // namespace

std::span<const Route> routes()
{
    return kRoutes;
}

const Route *findRoute(std::string_view path)
{
    if (!path.starts_with(kInternalBase))
        return nullptr;
    const auto *const found = std::ranges::find(kRoutes, path.substr(kInternalBase.size()), &Route::name);
    return found == kRoutes.end() ? nullptr : found;
}

std::string_view syncRouteOf(Kind kind)
{
    switch (kind) {
    case Kind::Tenant:
    case Kind::TenantQuota: return "tenant-sync";
    case Kind::UserProfile:
    case Kind::UserPassword:
    case Kind::UserPreferences:
    case Kind::AccessKey: return "user-sync";
    case Kind::Grant:
    case Kind::Session:
    case Kind::Bucket:
    case Kind::BucketVersioning:
    case Kind::BucketQuota:
    case Kind::BucketFailover:
    case Kind::Location:
    case Kind::Setting:
    case Kind::Node:
    case Kind::ReplicationRule:
    case Kind::ClusterSecret: break;
    }
    return "record-sync";
}

std::string_view routeOf(const rules::Request &request)
{
    return std::visit(RouteNamer(), request);
}

}  // namespace maxiofs::cluster::link
