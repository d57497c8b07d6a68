// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "http/head_parser.h"
#include "net/deadlines.h"
#include "net/listener.h"

#include <functional>
#include <string>
#include <string_view>

namespace maxiofs::http {

// What a client sees when its request's head is malformed; the status is the fault's.
struct FaultBody {
    std::string contentType = "text/plain";
    std::string body;
};
/// Lets an API write the refusal in its own form (XML for S3). Any I/O thread.
using MalformedHook = std::function<FaultBody(const HeadFault &fault, std::string_view requestId)>;

// Limits of a server. The defaults are the product's; tests shorten the times.
struct ServerOptions {
    HeadParser::Limits head;
    HeadParser::Limits nodeHeadExtra{1024, 4};  // what nodes add to a request that they pass on
    net::Pace headPace{std::chrono::seconds(10), 0};
    net::Pace idlePace{std::chrono::seconds(60), 0};
    net::Pace bodyPace{std::chrono::seconds(10), 16 * 1024};
    net::Pace writePace{std::chrono::seconds(10), 16 * 1024};
    net::Pace trustedPace{std::chrono::minutes(5), 1};  // see Exchange::trustPeer()
    net::Pace lingerPace{std::chrono::seconds(3), 0};
    std::uint64_t lingerBytes = 8 * 1024 * 1024;
    net::ConnectionCaps caps;
    std::string serverName = "MaxIOFS";
    MalformedHook malformed;  // empty: plain text
};

}  // namespace maxiofs::http
