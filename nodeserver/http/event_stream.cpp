// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/event_stream.h"

#include "text/ascii.h"

namespace maxiofs::http {

namespace {

void appendField(std::string &to, std::string_view field, std::string_view value)
{
    to.append(field).append(": ");
    for (const char c : value)
        if (c != '\r' && c != '\n' && c != '\0')
            to.push_back(c);
    to.push_back('\n');
}

}  // namespace

std::string EventStream::format(const Event &event)
{
    std::string wire;
    if (!event.id.empty())
        appendField(wire, "id", event.id);
    if (!event.name.empty())
        appendField(wire, "event", event.name);
    text::forEachPiece(event.data, '\n', [&](std::string_view line) { appendField(wire, "data", line); });
    wire.push_back('\n');
    return wire;
}

net::Awaitable<Status> EventStream::begin()
{
    ResponseHead head(200, "text/event-stream");
    head.add("Cache-Control", "no-store");
    head.add("X-Accel-Buffering", "no");  // a reverse proxy that buffers would hold events back
    CO_TRY_STATUS(co_await m_exchange.begin(std::move(head)));
    co_return co_await m_exchange.flush();
}

net::Awaitable<Status> EventStream::send(Event event)
{
    const std::string wire = format(event);
    co_return co_await m_exchange.write(asBytes(wire));
}

net::Awaitable<Status> EventStream::heartbeat()
{
    co_return co_await m_exchange.write(asBytes(":\n\n"));
}

net::Awaitable<Status> EventStream::end()
{
    return m_exchange.end();
}

std::string_view EventStream::lastEventId() const
{
    return m_exchange.head().find("Last-Event-ID").value_or(std::string_view());
}

}  // namespace maxiofs::http
