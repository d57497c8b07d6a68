// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/console_service.h"

#include "api/console/event_feed.h"
#include "api/console/home_page.h"
#include "api/console/node_watch.h"
#include "api/console/refusal.h"
#include "protocol/envelope.h"

using namespace Qt::StringLiterals;

// An exchange outlives its handler, and what else is passed by reference lives in the coroutine that awaits
// at once. NOLINTBEGIN(cppcoreguidelines-avoid-reference-coroutine-parameters)

namespace maxiofs::api::console {

struct ConsoleService::Outcome {
    unsigned status = 500;
    std::string body;
};

namespace {

constexpr std::string_view kBase = "/api/v1";
constexpr unsigned kTooManyAttempts = 429;
constexpr std::string_view kBearer = "Bearer ";
constexpr std::string_view kRetrySeconds = "1";

std::string_view bearerOf(const http::RequestHead &head)
{
    const std::string_view value = head.find("Authorization").value_or(std::string_view());
    return value.starts_with(kBearer) ? value.substr(kBearer.size()) : std::string_view();
}

std::string errorBody(const Refusal &refusal, std::string_view requestId)
{
    return protocol::errorText(refusal.code, refusal.message, requestId).toStdString();
}

net::Awaitable<void> respond(http::Exchange &exchange, unsigned status, std::string body)
{
    http::ResponseHead head(status, "application/json");
    head.add("Cache-Control", "no-store");
    if (status == 401)
        head.add("WWW-Authenticate", "Bearer");
    // A client that has gone needs no answer.
    [[maybe_unused]] const Status sent = co_await exchange.respond(std::move(head), std::move(body));
}

net::Awaitable<void> refuse(http::Exchange &exchange, Refusal refusal)
{
    std::string body = errorBody(refusal, exchange.requestId());
    co_await respond(exchange, refusal.status, std::move(body));
}

std::string joined(const std::vector<std::string_view> &values)
{
    std::string text;
    for (const std::string_view value : values)
        text += (text.empty() ? "" : ",") + std::string(value);
    return text;
}

QJsonObject bucketEvent(const records::BucketRecord &bucket, QLatin1StringView change)
{
    return {{"name"_L1, QString::fromStdString(bucket.name)},
            {"id"_L1, QString::fromStdString(bucket.id.hex())},
            {"change"_L1, change}};
}

QLatin1StringView wordOf(records::Buckets::Event event)
{
    switch (event) {
    case records::Buckets::Event::Created: return "created"_L1;
    case records::Buckets::Event::Changed: return "changed"_L1;
    case records::Buckets::Event::Removed: return "deleted"_L1;
    }
    return {};
}

}  // namespace

ConsoleService::ConsoleService(Context context) : m_context(std::move(context))
{
    EventHub &events = m_context.events;
    m_context.buckets.whenChanged(
        [&events](records::Buckets::Event event, const records::BucketRecord &bucket) {
            events.publish("bucket", bucketEvent(bucket, wordOf(event)), bucket.name);
        });
    m_context.audit.whenRecorded([&events](const protocol::AuditEntry &entry) {
        events.publish("audit", protocol::toJson(entry), {}, entry.userId);
    });
    const auto watch = std::make_shared<NodeWatch>(m_context.store, m_context.nodes, events);
    m_context.monitor.whenMeasured([watch] { watch->look(); });
}

std::string ConsoleService::malformedBody(std::string_view message, unsigned status,
                                          std::string_view requestId)
{
    return errorBody({status, "MalformedRequest", std::string(message)}, requestId);
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
            std::move(page), homePage(config.nodeName, MAXIOFS_VERSION, config.isClusterEnabled));
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

    Call call{m_context, {}, match.parameters, {}, {}, {}, {}};
    call.address = m_context.proxies.clientAddress(exchange.peer(), joined(head.all("X-Forwarded-For")));
    const std::string requestId(exchange.requestId());
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
            Refusal refusal = refusalOf(identity.error(), match.endpoint->missing, requestId);
            co_await refuse(exchange, std::move(refusal));
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

net::Awaitable<void> ConsoleService::answer(http::Exchange &exchange, const Match &match, Call &call)
{
    const Endpoint &endpoint = *match.endpoint;
    const std::string requestId(exchange.requestId());
    const Status permitted = permit(endpoint.right, call);
    if (!permitted) {
        Refusal refusal = refusalOf(permitted.error(), endpoint.missing, requestId);
        if (!endpoint.action.empty())
            co_await m_context.pool.run([&] { record(endpoint, call, refusal.status); });
        co_await refuse(exchange, std::move(refusal));
        co_return;
    }
    if (endpoint.handler == nullptr) {
        std::string token(bearerOf(exchange.head()));
        co_await feedEvents(m_context, exchange, std::move(token));
        co_return;
    }
    const auto text = co_await exchange.readWholeBody(kMaxBody);
    if (!text) {
        if (text.error().code == Error::EntityTooLarge || text.error().code == Error::InvalidArgument) {
            Refusal refusal = refusalOf(text.error(), endpoint.missing, requestId);
            co_await refuse(exchange, std::move(refusal));
        }
        co_return;
    }
    if (!text->empty()) {
        auto body = protocol::parseObject(QByteArray(text->data(), static_cast<qsizetype>(text->size())));
        if (!body) {
            Refusal refusal = refusalOf(body.error(), endpoint.missing, requestId);
            co_await refuse(exchange, std::move(refusal));
            co_return;
        }
        call.body = *std::move(body);
    }
    Outcome outcome = co_await m_context.pool.run([&] { return run(endpoint, call, requestId); });
    co_await respond(exchange, outcome.status, std::move(outcome.body));
}

ConsoleService::Outcome ConsoleService::run(const Endpoint &endpoint, Call &call,
                                            std::string_view requestId) const
{
    Outcome outcome;
    const Result<Answer> answer = endpoint.handler(call);
    if (answer) {
        outcome = {answer->status, protocol::successText(answer->data, answer->message).toStdString()};
    } else {
        const Refusal refusal = refusalOf(answer.error(), endpoint.missing, requestId);
        outcome = {refusal.status, errorBody(refusal, requestId)};
    }
    // Attempts while a lock lasts say nothing new, and could push older entries out of the log.
    if (!endpoint.action.empty() && outcome.status != kTooManyAttempts)
        record(endpoint, call, outcome.status);
    return outcome;
}

void ConsoleService::record(const Endpoint &endpoint, const Call &call, unsigned status) const
{
    protocol::AuditEntry entry;
    entry.username = call.note.username;
    if (!call.identity.isAnonymous()) {
        entry.userId = call.user().id;
        entry.username = call.user().username;
    }
    entry.address = call.address;
    entry.action = endpoint.action;
    entry.resource =
        call.note.resource.empty() && !call.parameters.empty() ? call.parameters.back() : call.note.resource;
    entry.before = call.note.before;
    entry.after = call.note.after;
    entry.answer = status;
    const Status recorded = m_context.audit.record(std::move(entry));
    if (!recorded)
        base::errorLine("Audit: an entry could not be written").with("reason", recorded.error().message);
}

net::Awaitable<void> answerStarting(http::Exchange &exchange)
{
    std::string body =
        errorBody({503, "Starting", "The node is starting. Please try again."}, exchange.requestId());
    http::ResponseHead head(503, "application/json");
    head.add("Cache-Control", "no-store");
    head.add("Retry-After", kRetrySeconds);
    // A client that has gone needs no answer.
    [[maybe_unused]] const Status sent = co_await exchange.respond(std::move(head), std::move(body));
}

}  // namespace maxiofs::api::console

// NOLINTEND(cppcoreguidelines-avoid-reference-coroutine-parameters)
