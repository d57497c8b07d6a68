// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "http/request_head.h"
#include "net/deadlines.h"

#include <chrono>
#include <cstddef>

namespace maxiofs::http {

// Limits of a client. The defaults are the product's; tests shorten the times.
struct ClientOptions {
    std::chrono::milliseconds connectLimit{3000};
    net::Pace handshakePace{std::chrono::seconds(5), 0};
    net::Pace sendPace{std::chrono::seconds(30), 16 * 1024};
    net::Pace bodyPace{std::chrono::seconds(30), 16 * 1024};
    // A slow answer is an answer: who is gone is found by keep-alive probes and by ClientWatch.
    net::Pace answerPace{std::chrono::minutes(30), 0};
    std::size_t headBytes = RequestHead::kMaxBytes;
    std::size_t headFields = RequestHead::kMaxFields;
    unsigned interimAnswers = 8;                // 1xx in a row
    std::chrono::milliseconds idleAge{30'000};  // less than the servers' 60 s
    // A kept one that was used so lately is taken without asking the system whether it has ended.
    std::chrono::milliseconds sureFor{1000};
    std::size_t idlePerDestination = 64;  // of one I/O thread
    std::size_t idle = 512;               //
    std::chrono::milliseconds sweepInterval{1000};
};

}  // namespace maxiofs::http
