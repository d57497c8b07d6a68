// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/histogram.h"
#include "cluster/rules/messages.h"
#include "http/client.h"
#include "http/exchange.h"

#include <functional>
#include <string>
#include <string_view>
#include <variant>

namespace maxiofs::cluster {

// Where an owner that is none says in its 421 who is: HEAD's answer has no body.
inline constexpr std::string_view kLocationHeader = "X-MaxIOFS-Location";

// What became of a request that was passed on.

// The owner's answer went to the client; the exchange is over.
struct Relayed {
    unsigned status = 0;
};
// 421: the node is not the owner. Nothing was answered yet.
struct Moved {
    std::string body;       // its Location record: the value of kLocationHeader, without it the answer's body
    bool mayRepeat = true;  // false: bytes of the body are gone, the request cannot go elsewhere
};
// No answer, or not all of it.
struct Unreachable {
    Error error;
    bool mayRepeat = true;     // as above
    bool hasAnswered = false;  // the answer had begun: the handler just returns, the client sees a broken one
};
using ForwardOutcome = std::variant<Relayed, Moved, Unreachable>;

// Passes requests on to the node that answers for them and their answers back, both streamed through at most
// kBufferBytes. Target, header fields and Host go as they came, but for what is between two nodes only, so
// that the owner verifies the client's signature itself. Any I/O thread; each request on its connection's.
//
// A body of known length up to kBufferBytes is held and sent again where needed (Exchange::heldBody); of
// another one no byte is taken before the owner's 100 Continue.
class Forwarder {
public:
    static constexpr std::size_t kBufferBytes = 256 * 1024;
    static constexpr std::size_t kMovedBytes = 16 * 1024;  // of a 421's body

    /// `isSilent`: the node has not beaten for so long that an unanswered request to it is given up. Any
    /// thread, asked often.
    Forwarder(http::Client &client, std::function<bool(const rules::Peer &)> isSilent);

    /// May be called again with another owner after Moved or Unreachable, if mayRepeat; the request may then
    /// also be answered here: the exchange reads as if nothing had been taken. `forwarded`: the value of
    /// link::kForwardedHeader. An error is the client's (Exchange::readBody): nobody is left to answer, or
    /// its body is malformed.
    net::Awaitable<Result<ForwardOutcome>> forward(http::Exchange &exchange, rules::Peer owner,
                                                   std::string forwarded);

    struct Stats {
        std::uint64_t relayed = 0;
        std::uint64_t moved = 0;
        std::uint64_t unreachable = 0;
    };
    [[nodiscard]] Stats stats() const;

private:
    http::Client &m_client;
    const std::function<bool(const rules::Peer &)> m_isSilent;
    base::Counter m_relayed;
    base::Counter m_moved;
    base::Counter m_unreachable;
};

}  // namespace maxiofs::cluster
