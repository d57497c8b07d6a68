// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/console_service.h"

#include "api/console/audit_merge.h"
#include "api/console/event_feed.h"
#include "api/console/event_wire.h"
#include "api/console/home_page.h"
#include "api/console/node_watch.h"
#include "api/console/ownership_watch.h"
#include "api/console/refusal.h"
#include "api/console/replication_watch.h"
#include "protocol/envelope.h"

using namespace Qt::StringLiterals;

// An exchange outlives its handler, and what else is passed by reference lives in the coroutine that awaits
// at once. NOLINTBEGIN(cppcoreguidelines-avoid-reference-coroutine-parameters)

namespace maxiofs::api::console {

namespace {

constexpr std::string_view kBase = "/api/v1";
constexpr std::string_view kBearer = "Bearer ";
constexpr std::string_view kRetrySeconds = "1";

std::string_view bearerOf(const http::RequestHead &head)
{
    const std::string_view value = head.find("Authorization").value_or(std::string_view());
    return value.starts_with(kBearer) ? value.substr(kBearer.size()) : std::string_view();
}

net::Awaitable<void> respond(http::Exchange &exchange, Outcome outcome)
{
    http::ResponseHead head(outcome.status, "application/json");
    head.add("Cache-Control", "no-store");
    if (outcome.status == 401)
        head.add("WWW-Authenticate", "Bearer");
    if (outcome.status == 503)
        head.add("Retry-After", kRetrySeconds);
    // A client that has gone needs no answer.
    [[maybe_unused]] const Status sent =
        co_await exchange.respond(std::move(head), outcome.body.toStdString());
}

net::Awaitable<void> refuse(http::Exchange &exchange, Refusal refusal)
{
    Outcome outcome{refusal.status, textOf(refusal, exchange.requestId())};
    co_await respond(exchange, std::move(outcome));
}

std::string joined(const std::vector<std::string_view> &values)
{
    std::string text;
    for (const std::string_view value : values)
        text += (text.empty() ? "" : ",") + std::string(value);
    return text;
}

net::Awaitable<Result<QJsonObject>> tellEvents(const EventHub &events, cluster::link::InternalCall call)
{
    co_return answerEvents(events, call.body);
}

QJsonObject bucketEvent(const records::BucketRecord &bucket, std::string_view change)
{
    return {{"name"_L1, QString::fromStdString(bucket.name)},
            {"id"_L1, QString::fromStdString(bucket.id.hex())},
            {"change"_L1, QString::fromUtf8(QByteArrayView(change))}};
}

// Of records::Buckets and of records::ReplicationRules.
template <typename Event>
std::string_view wordOf(Event event)
{
    switch (event) {
    case Event::Created: return "created";
    case Event::Changed: return "changed";
    case Event::Removed: return "deleted";
    }
    return {};
}

}  // namespace

ConsoleService::ConsoleService(Context context) : m_context(std::move(context))
{
    EventHub &events = m_context.events;
    // Every member hears of every bucket by its records.
    m_context.buckets.whenChanged(
        [&events](records::Buckets::Event event, const records::BucketRecord &bucket) {
            events.publishHere("bucket", bucketEvent(bucket, wordOf(event)), bucket.name);
        });
    m_context.rules.whenChanged(
        [this](records::ReplicationRules::Event event, const records::ReplicationRule &rule) {
            m_context.events.publishHere("replication", replicationEvent(m_context, rule, wordOf(event)));
        });
    m_context.audit.whenRecorded([this](const protocol::AuditEntry &entry) {
        const protocol::AuditEntry shown = shownOf(entry, m_context.records.nodeId());
        m_context.events.publish("audit", protocol::toJson(shown), {}, entry.userId);
    });
    const auto watch = std::make_shared<NodeWatch>(m_context);
    const auto rules = std::make_shared<ReplicationWatch>(m_context);
    const auto owners = std::make_shared<OwnershipWatch>(m_context);
    m_context.monitor.whenMeasured([watch, rules, owners] {
        watch->look();
        rules->look();
        owners->look();
    });
}

std::string ConsoleService::malformedBody(std::string_view message, unsigned status,
                                          std::string_view requestId)
{
    return textOf({status, "MalformedRequest", std::string(message)}, requestId).toStdString();
}

net::Awaitable<void> ConsoleService::handle(http::Exchange &exchange)
{
    const http::RequestHead &head = exchange.head();
    std::string_view path = head.path();
    if (path == "/" && (head.method() == "GET" || head.isHead())) {
        const records::ClusterConfig config = m_context.nodes.config();
        http::ResponseHead page(200, "text/html; charset=utf-8");
        page.add("Content-Security-Policy", "default-src 'none'");
        [[maybe_unused]] const Status sent = co_await exchange.respond(
            std::move(page),
            homePage(config.nodeName, MAXIOFS_VERSION, config.isClusterEnabled, m_context.nodeFingerprint()));
        co_return;
    }
    const bool inApi = path.starts_with(kBase);
    if (inApi)
        path.remove_prefix(kBase.size());
    Match match;
    if (inApi)
        match = findEndpoint(head.method(), path);
    if (match.endpoint == nullptr) {
        const bool known = !match.allowed.empty();
        Refusal refusal{known ? 405U : 404U, known ? "MethodNotAllowed" : "NoSuchEndpoint",
                        known ? "This address takes " + match.allowed + "."
                              : "There is nothing at " + std::string(head.path()) + "."};
        co_await refuse(exchange, std::move(refusal));
        co_return;
    }

    Call call{.context = m_context, .parameters = match.parameters};
    call.address = m_context.proxies.clientAddress(exchange.peer(), joined(head.all("X-Forwarded-For")));
    call.requestId = exchange.requestId();
    const auto query = text::Query::parse(head.query());
    if (!query) {
        Refusal refusal{400, "InvalidArgument", "The query's encoding is broken."};
        co_await refuse(exchange, std::move(refusal));
        co_return;
    }
    call.query = query->pairs();
    for (text::QueryPair &pair : call.query)
        pair.raw = {};

    if (match.endpoint->right != Right::Anyone) {
        auto identity = authenticate(exchange);
        if (!identity) {
            Outcome outcome = refused(*match.endpoint, call, identity.error());
            co_await respond(exchange, std::move(outcome));
            co_return;
        }
        call.identity = *std::move(identity);
    }
    co_await answer(exchange, match, call);
}

Result<identity::Identity> ConsoleService::authenticate(const http::Exchange &exchange) const
{
    const std::string_view token = bearerOf(exchange.head());
    if (token.empty())
        return failure(Error::Unauthenticated, "Sign in first: the request has no access token.");
    return m_context.identities.sessions().authenticate(token);
}

net::Awaitable<Status> ConsoleService::permitted(const Endpoint &endpoint, const Call &call) const
{
    Status permitted = permit(endpoint.right, call);
    if (permitted || permitted.error().code != Error::NoSuchBucket || !m_context.cluster.isMember())
        co_return permitted;
    // Another member may just have made it.
    const bool came = co_await m_context.pool.run(
        [&] { return m_context.cluster.seek(records::Kind::Bucket, call.parameters.at(0)); });
    if (came)
        permitted = permit(endpoint.right, call);
    co_return permitted;
}

net::Awaitable<Outcome> ConsoleService::carryOut(const Endpoint &endpoint, Call &call,
                                                 PassedCall passed) const
{
    if (endpoint.scope == Scope::Owner) {
        const auto outcome = co_await m_members.askOwner(endpoint, call, std::move(passed));
        if (outcome) {
            if (!outcome->isRecorded)
                co_await m_context.pool.run([&] { recordCall(endpoint, call, outcome->status); });
            co_return *outcome;
        }
    } else if (endpoint.scope == Scope::All || endpoint.scope == Scope::Node) {
        co_await m_members.askOthers(endpoint, call, std::move(passed));
    }
    co_return co_await m_context.pool.run([&] { return runCall(endpoint, call); });
}

net::Awaitable<void> ConsoleService::answer(http::Exchange &exchange, const Match &match, Call &call)
{
    const Endpoint &endpoint = *match.endpoint;
    if (const Status allowed = co_await permitted(endpoint, call); !allowed) {
        Outcome outcome = refused(endpoint, call, allowed.error());
        if (!endpoint.action.empty())
            co_await m_context.pool.run([&] { recordCall(endpoint, call, outcome.status); });
        co_await respond(exchange, std::move(outcome));
        co_return;
    }
    if (endpoint.handler == nullptr) {
        std::string token(bearerOf(exchange.head()));
        co_await feedEvents(m_context, m_streams, exchange, std::move(token));
        co_return;
    }
    const auto text = co_await exchange.readWholeBody(kMaxBody);
    if (!text) {
        if (text.error().code == Error::EntityTooLarge || text.error().code == Error::InvalidArgument) {
            Outcome outcome = refused(endpoint, call, text.error());
            co_await respond(exchange, std::move(outcome));
        }
        co_return;
    }
    if (!text->empty()) {
        auto body = protocol::parseObject(QByteArray(text->data(), static_cast<qsizetype>(text->size())));
        if (!body) {
            Outcome outcome = refused(endpoint, call, body.error());
            co_await respond(exchange, std::move(outcome));
            co_return;
        }
        call.body = *std::move(body);
    }
    PassedCall passed;
    passed.method = endpoint.method;
    passed.path = exchange.head().path().substr(kBase.size());
    passed.query = exchange.head().query();
    passed.body = call.body;
    passed.userId = call.identity.isAnonymous() ? std::string() : call.user().id;
    passed.address = call.address;
    passed.requestId = call.requestId;
    Outcome outcome = co_await carryOut(endpoint, call, std::move(passed));
    co_await respond(exchange, std::move(outcome));
}

void ConsoleService::addTo(cluster::link::InternalHandlers &handlers) const
{
    handlers.add(kConsoleCallRoute,
                 [this](cluster::link::InternalCall call) { return m_passed.answer(std::move(call)); });
    handlers.add(kEventsRoute, [this](cluster::link::InternalCall call) {
        return tellEvents(m_context.events, std::move(call));
    });
}

net::Awaitable<void> answerStarting(http::Exchange &exchange)
{
    Refusal refusal{503, "Starting", "The node is starting. Please try again."};
    co_await refuse(exchange, std::move(refusal));
}

}  // namespace maxiofs::api::console

// NOLINTEND(cppcoreguidelines-avoid-reference-coroutine-parameters)
