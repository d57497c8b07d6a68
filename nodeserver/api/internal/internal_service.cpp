// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/internal/internal_service.h"

#include "base/log_line.h"
#include "cluster/link/message_codec.h"
#include "cluster/link/signature.h"
#include "protocol/json.h"

using namespace Qt::StringLiterals;

// An exchange outlives its handler, and what else is passed by reference lives in the coroutine that awaits
// at once. NOLINTBEGIN(cppcoreguidelines-avoid-reference-coroutine-parameters)

namespace maxiofs::api::internal {

namespace link = cluster::link;

namespace {

constexpr std::string_view kInternalPrefix = "/api/internal/";
constexpr std::string_view kJson = "application/json";
constexpr std::string_view kBytes = "application/octet-stream";
constexpr std::string_view kRetrySeconds = "1";

std::string onlyValue(const http::RequestHead &head, std::string_view name)
{
    return head.count(name) == 1 ? std::string(*head.find(name)) : std::string();
}

link::Knock knockOf(const http::Exchange &exchange, const link::Route &route)
{
    const http::RequestHead &head = exchange.head();
    link::Knock knock;
    knock.route = &route;
    knock.method = head.method();
    knock.path = head.path();
    knock.nodeId = onlyValue(head, link::kNodeIdHeader);
    knock.timestamp = onlyValue(head, link::kTimestampHeader);
    knock.nonce = onlyValue(head, link::kNonceHeader);
    knock.signature = onlyValue(head, link::kSignatureHeader);
    knock.certificate = exchange.peerCertificate();
    return knock;
}

std::unexpected<link::WireRefusal> refuse(unsigned status, const Error &error)
{
    link::WireRefusal refusal = link::refusalOf(error);
    refusal.status = status;
    return std::unexpected(std::move(refusal));
}

std::unexpected<link::WireRefusal> refuse(const link::Knock &knock, const link::DoorRefusal &door)
{
    base::debugLine(door.code == link::kBadSignature ? "HMAC Auth: Invalid HMAC signature"
                                                     : "HMAC Auth: Request refused")
        .with("node", knock.nodeId)
        .with("route", knock.route->name)
        .with("code", door.code);
    return std::unexpected(link::doorRefusalOf(door.code, door.error));
}

net::Awaitable<void> respondRefusal(http::Exchange &exchange, link::WireRefusal refusal)
{
    http::ResponseHead head(refusal.status, kJson);
    if (refusal.status == 503)
        head.add("Retry-After", kRetrySeconds);
    if (refusal.status == 405)
        head.add("Allow", "POST");
    [[maybe_unused]] const Status sent = co_await exchange.respond(std::move(head), std::move(refusal.body));
}

// Verified before it is parsed.
struct Opened {
    std::string key;
    Result<QJsonObject> body;
};
std::expected<Opened, link::DoorRefusal> openBody(const link::Door &door, const link::Knock &knock,
                                                  const std::string &text)
{
    auto key = door.checkSignature(knock, asBytes(text));
    if (!key)
        return std::unexpected(std::move(key).error());
    if (knock.route->form == link::Form::Bytes)
        return Opened{std::move(*key), QJsonObject()};
    Result<QJsonObject> body =
        protocol::parseObject(QByteArray::fromRawData(text.data(), static_cast<qsizetype>(text.size())));
    if (body) {
        if (Status format = link::checkFormat(*body); !format)
            body = failure(std::move(format).error());
    }
    return Opened{std::move(*key), std::move(body)};
}

}  // namespace

struct InternalService::Let {
    link::Knock knock;
    link::InternalCall call;
    const link::InternalHandlers::Entry *entry = nullptr;
};

bool InternalService::isInternal(const http::RequestHead &head)
{
    return head.path().starts_with(kInternalPrefix);
}

net::Awaitable<void> InternalService::answerStarting(http::Exchange &exchange)
{
    co_await respondRefusal(
        exchange,
        link::refusalOf(Error(Error::Busy, "The node is starting: try again in a second.", "starting")));
}

net::Awaitable<void> InternalService::handle(http::Exchange &exchange)
{
    auto let = co_await admit(exchange);
    if (let)
        co_await answer(exchange, std::move(*let));
    else
        co_await respondRefusal(exchange, std::move(let).error());
}

net::Awaitable<std::expected<InternalService::Let, link::WireRefusal>>
InternalService::admit(http::Exchange &exchange)
{
    const http::RequestHead &head = exchange.head();
    const link::Route *const route = head.query().empty() ? link::findRoute(head.target()) : nullptr;
    const auto *const entry = route == nullptr ? nullptr : m_context.handlers.find(route->name);
    if (entry == nullptr)
        co_return refuse(404, Error(Error::NotFound, "There is no internal route with this path.", "route"));
    if (head.method() != "POST")
        co_return refuse(405, Error(Error::InvalidArgument, "Internal routes take POST only.", "method"));

    const link::Knock knock = knockOf(exchange, *route);
    if (const auto checked = m_context.door.checkHead(knock); !checked)
        co_return refuse(knock, checked.error());
    auto text = co_await readBody(exchange);
    if (!text)
        co_return std::unexpected(std::move(text).error());

    std::expected<Opened, link::DoorRefusal> opened = std::unexpected(link::DoorRefusal());
    if (text->size() <= kInlineBytes)
        opened = openBody(m_context.door, knock, *text);
    else
        opened = co_await m_context.pool.run([&] { return openBody(m_context.door, knock, *text); });
    if (!opened)
        co_return refuse(knock, opened.error());
    if (!opened->body)
        co_return std::unexpected(link::refusalOf(opened->body.error()));
    if (const auto admitted = m_context.door.admit(knock, opened->key, *opened->body); !admitted)
        co_return refuse(knock, admitted.error());
    if (route->proof == link::Proof::Member && !knock.certificate.empty())
        exchange.trustPeer();

    Let let;
    let.call = {link::Door::nodeOf(knock), knock.certificate,        std::move(opened->key),
                exchange.peer().text,      *std::move(opened->body), {}};
    if (route->form == link::Form::Bytes)
        let.call.bytes = std::move(*text);
    let.knock = knock;
    let.entry = entry;
    co_return let;
}

net::Awaitable<std::expected<std::string, link::WireRefusal>>
InternalService::readBody(http::Exchange &exchange)
{
    const auto length = exchange.contentLength();
    if (!length)
        co_return refuse(411, Error(Error::InvalidArgument, "An internal request needs a Content-Length.",
                                    "Content-Length"));
    const bool isNode = !exchange.peerCertificate().empty();
    const std::size_t limit = isNode ? link::kMaxSignedBody : link::kMaxPlainBody;
    if (*length > limit)
        co_return refuse(413, Error(Error::EntityTooLarge,
                                    "The request's body is larger than the " + std::to_string(limit) +
                                        " bytes that are allowed " +
                                        (isNode ? "between nodes." : "without a node's certificate.")));

    // A pinned certificate was checked before; who comes with any other, or with none, shares this room.
    const bool isProven = isNode && link::findRoute(exchange.head().target())->proof != link::Proof::Join &&
                          link::findRoute(exchange.head().target())->proof != link::Proof::Invite;
    struct Room {
        std::atomic<std::size_t> &used;
        std::size_t bytes;
        bool fits;

        Room(std::atomic<std::size_t> &all, std::size_t size)
            : used(all),
              bytes(size),
              fits(all.fetch_add(size) + size <= kMaxUnprovenBytes)
        {
        }
        ~Room() { used.fetch_sub(bytes); }
        Room(const Room &) = delete;
        Room &operator=(const Room &) = delete;
    };
    const Room room(m_unprovenBytes, isProven ? 0 : static_cast<std::size_t>(*length));
    if (!room.fits)
        co_return refuse(503,
                         Error(Error::Busy, "Too many requests wait to be verified: try again in a second."));

    auto body = co_await exchange.readWholeBody(limit);
    if (!body)
        co_return std::unexpected(link::refusalOf(body.error()));
    co_return std::move(*body);
}

net::Awaitable<void> InternalService::answer(http::Exchange &exchange, Let let)
{
    if (const auto *const stream = std::get_if<link::InternalHandlers::Streamer>(let.entry)) {
        const Status done = co_await (*stream)(std::move(let.call), exchange);
        if (!done && !exchange.responded())
            co_await respondRefusal(exchange, link::refusalOf(done.error()));
        co_return;
    }
    if (const auto *const handler = std::get_if<link::InternalHandlers::BytesHandler>(let.entry)) {
        Result<std::string> bytes = co_await (*handler)(std::move(let.call));
        if (!bytes) {
            co_await respondRefusal(exchange, link::refusalOf(bytes.error()));
            co_return;
        }
        http::ResponseHead head(200, kBytes);
        [[maybe_unused]] const Status sent = co_await exchange.respond(std::move(head), std::move(*bytes));
        co_return;
    }
    co_await answerObject(exchange, std::move(let));
}

net::Awaitable<void> InternalService::answerObject(http::Exchange &exchange, Let let)
{
    const std::string key = let.call.key;
    const auto &handler = std::get<link::InternalHandlers::Handler>(*let.entry);
    Result<QJsonObject> body = co_await handler(std::move(let.call));
    if (!body) {
        co_await respondRefusal(exchange, link::refusalOf(body.error()));
        co_return;
    }
    body->insert("format"_L1, static_cast<qint64>(link::kNewestFormat));
    std::string text = protocol::toText(*body).toStdString();
    http::ResponseHead head(200, kJson);
    if (let.knock.route->proof != link::Proof::Member && !key.empty()) {
        const link::AnswerParts parts{let.knock.path, let.knock.nonce, let.knock.certificate,
                                      m_context.ownCertificate, asBytes(text)};
        head.add(link::kAnswerProofHeader, link::answerProof(key, parts));
    }
    [[maybe_unused]] const Status sent = co_await exchange.respond(std::move(head), std::move(text));
}

}  // namespace maxiofs::api::internal

// NOLINTEND(cppcoreguidelines-avoid-reference-coroutine-parameters)
