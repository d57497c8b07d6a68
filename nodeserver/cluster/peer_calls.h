// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/id.h"
#include "http/response_head.h"
#include "net/awaitable.h"

#include <QJsonObject>

#include <chrono>
#include <functional>
#include <memory>
#include <span>

namespace maxiofs::cluster {

// A member's answer as it arrives. Used on the thread of the coroutine that opened it; ends with the object.
class PeerStream {
public:
    virtual ~PeerStream() = default;
    /// Status 200.
    [[nodiscard]] virtual const http::ResponseHead &head() const = 0;
    /// At least one byte, 0 at the body's end; Closed when it ends before that.
    virtual net::Awaitable<Result<std::size_t>> read(std::span<std::byte> into) = 0;
};

// Calls the internal routes of other members, signed and over pinned TLS (cluster/link/internal_handlers.h is
// the other end). Any thread.
//
// Errors: what the member's handler refused with, with code, message and subject; Closed when the member
// cannot be reached; TimedOut; NotFound for a node that is no member.
class PeerCalls {
public:
    virtual ~PeerCalls() = default;

    /// `route` is one of link::routes(); `format` is added to the body.
    virtual net::Awaitable<Result<QJsonObject>> call(NodeId member, std::string_view route, QJsonObject body,
                                                     std::chrono::milliseconds limit) = 0;
    /// The same for a thread that may block; never an I/O thread.
    [[nodiscard]] virtual Result<QJsonObject> callAndWait(const NodeId &member, std::string_view route,
                                                          QJsonObject body,
                                                          std::chrono::milliseconds limit) = 0;
    using Answered = std::move_only_function<void(Result<std::string>)>;
    /// For a route of link::Form::Bytes. `answered` is called once, on any thread, and must not block.
    /// Repeated at once where a kept connection broke off before the answer: what is sent must be good to
    /// arrive twice.
    virtual void send(const NodeId &member, std::string_view route, std::string bytes,
                      std::chrono::milliseconds limit, Answered answered) = 0;
    /// For a route that streams its answer; `limit` is for the answer's head, the body has the client's pace.
    virtual net::Awaitable<Result<std::unique_ptr<PeerStream>>>
    open(NodeId member, std::string_view route, QJsonObject body, std::chrono::milliseconds limit) = 0;
};

}  // namespace maxiofs::cluster
