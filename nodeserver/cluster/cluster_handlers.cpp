// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/cluster_handlers.h"

#include "net/completion.h"

namespace maxiofs::cluster {

namespace {

using records::Kind;
using records::RecordKey;

using Give = std::move_only_function<void(Result<rules::Answer>)>;
using Machines = ClusterMachines;

template <typename T>
auto giveTo(Give give)
{
    return [give = std::move(give)](Result<T> answer) mutable {
        if (answer)
            give(rules::Answer(std::move(*answer)));
        else
            give(failure(std::move(answer).error()));
    };
}

template <typename T>
Result<rules::Answer> asAnswer(Result<T> answer)
{
    if (!answer)
        return failure(std::move(answer).error());
    return rules::Answer(std::move(*answer));
}

void addUserKeys(const identity::UserPtr &user, std::vector<RecordKey> &keys)
{
    if (!user)
        return;
    for (const Kind kind : {Kind::UserProfile, Kind::UserPassword, Kind::UserPreferences})
        keys.push_back({kind, user->id});
    if (!user->tenantId.empty()) {
        keys.push_back({Kind::Tenant, user->tenantId});
        keys.push_back({Kind::TenantQuota, user->tenantId});
    }
}

// All that another node needs to serve what it asks for.
std::vector<RecordKey> keysOf(const ClusterHandlerParts &parts, const rules::SeekRecord &request)
{
    std::vector<RecordKey> keys;
    if (request.kind == Kind::Bucket) {
        if (const auto bucket = parts.buckets.find(request.name))
            keys = records::recordsOfBucket((*bucket)->id.hex());
    } else if (request.kind == Kind::UserProfile) {
        if (const auto user = parts.identities.users().findByName(request.name)) {
            addUserKeys(user, keys);
            for (const auto &key : parts.identities.keys().ofUser(user->id))
                keys.push_back({Kind::AccessKey, key->id});
        }
    } else if (request.kind == Kind::AccessKey) {
        if (const auto key = parts.identities.keys().find(request.name)) {
            keys.push_back({Kind::AccessKey, key->id});
            addUserKeys(parts.identities.users().find(key->userId), keys);
        }
    }
    return keys;
}

Result<rules::SeekRecordAnswer> seek(const ClusterHandlerParts &parts, const rules::SeekRecord &request)
{
    rules::SeekRecordAnswer answer;
    TRY_ASSIGN(answer.records, parts.records.findAll(keysOf(parts, request)));
    return answer;
}

// Gives each request to its machine, on the machines' thread.
struct Dispatch {
    const ClusterHandlerParts &parts;
    const NodeId &from;
    const std::string &key;  // that proved the caller
    Give give;

    [[nodiscard]] rules::Membership &membership() const { return parts.machines.membership(); }
    [[nodiscard]] rules::RecordSync &sync() const { return parts.machines.sync(); }

    void operator()(rules::PushRecords &request) { give(asAnswer(sync().onPush(std::move(request)))); }
    void operator()(rules::CompareRecords &request) { give(asAnswer(sync().onCompare(request))); }
    void operator()(rules::AskDigests &request) { give(asAnswer(sync().onDigests(request))); }
    void operator()(rules::PullRecords &request) { give(asAnswer(sync().onPull(request))); }
    void operator()(rules::SeekRecord &request) { give(asAnswer(seek(parts, request))); }
    void operator()(rules::ReserveName &request)
    {
        give(asAnswer(parts.machines.reservations().onReserve(request)));
    }
    void operator()(rules::JoinOffer &request)
    {
        request.key = key;
        give(asAnswer(membership().onOffer(request)));
    }
    void operator()(rules::JoinConfirm &request)
    {
        request.key = key;
        membership().onConfirm(request, giveTo<rules::JoinConfirmAnswer>(std::move(give)));
    }
    void operator()(rules::JoinInvite &request)
    {
        request.key = key;
        membership().onInvite(request, giveTo<rules::JoinInviteAnswer>(std::move(give)));
    }
    void operator()(rules::FetchSecrets &request)
    {
        give(asAnswer(membership().onFetchSecrets(from, request)));
    }
    void operator()(rules::DeliverSecrets &request)
    {
        give(asAnswer(membership().onDeliverSecrets(from, request)));
    }
    void operator()(rules::LeaveCluster &request) { give(asAnswer(membership().onLeave(from, request))); }
    // These two have handlers of their own.
    void operator()(rules::Beat &) {}
    void operator()(rules::Probe &) {}
};

using GiveBody = std::move_only_function<void(Result<QJsonObject>)>;

void runOnMachines(const ClusterHandlerParts &parts, std::string_view route, const link::InternalCall &call,
                   GiveBody give)
{
    const auto codec = parts.link.codec();
    Result<rules::Request> request = codec->decode(route, call.body);
    if (!request)
        return give(failure(std::move(request).error()));
    Dispatch dispatch{parts, call.from, call.key,
                      [codec, key = call.key, give = std::move(give)](Result<rules::Answer> answer) mutable {
                          if (answer)
                              give(codec->encode(*answer, key));
                          else
                              give(failure(std::move(answer).error()));
                      }};
    std::visit(dispatch, *request);
}

// The handlers keep these lambdas as long as they may be called.
// NOLINTBEGIN(cppcoreguidelines-avoid-capturing-lambda-coroutines)
void addMachineRoute(link::InternalHandlers &handlers, const ClusterHandlerParts &parts,
                     std::string_view route)
{
    handlers.add(route, [parts, route](link::InternalCall call) -> net::Awaitable<Result<QJsonObject>> {
        auto start = [&](GiveBody give) {
            parts.machines.thread().post([&parts, route, call = std::move(call),
                                          give = orStopping<QJsonObject>(std::move(give))]() mutable {
                runOnMachines(parts, route, call, std::move(give));
            });
        };
        co_return co_await net::completion<QJsonObject>(std::move(start));
    });
}

rules::ProbeAnswer reportOf(const ClusterHandlerParts &parts)
{
    rules::ProbeAnswer report = parts.report();
    report.beat.wallMs = parts.clock.unixMs();
    if (const auto view = parts.machines.view(); view->isMember())
        report.beat.secretsGeneration = view->secrets->generation;
    return report;
}

}  // namespace

void addClusterHandlers(link::InternalHandlers &handlers, const ClusterHandlerParts &parts)
{
    for (const std::string_view route :
         {"tenant-sync", "user-sync", "record-sync", "record-digests", "record-pull", "record-seek",
          "name-reserve", "join-offer", "join-confirm", "join-invite", "secrets-fetch", "secrets-deliver",
          "leave-cluster"})
        addMachineRoute(handlers, parts, route);
    handlers.add("beat", [parts](link::InternalCall) -> net::Awaitable<Result<QJsonObject>> {
        co_return parts.link.codec()->encode(rules::Answer(reportOf(parts).beat), {});
    });
    handlers.add("probe", [parts](link::InternalCall) -> net::Awaitable<Result<QJsonObject>> {
        co_return parts.link.codec()->encode(rules::Answer(reportOf(parts)), {});
    });
}
// NOLINTEND(cppcoreguidelines-avoid-capturing-lambda-coroutines)

}  // namespace maxiofs::cluster
