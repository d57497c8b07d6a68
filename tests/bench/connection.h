// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace maxiofs::bench {

// One keep-alive connection: sends a request, takes its answer, as far as the socket lets it without waiting.
// Bodies are counted, not kept, except the first bytes of an error's. One thread.
class Connection {
public:
    enum class State { Sending, Receiving, Done };

    Connection() = default;
    ~Connection();
    Connection(const Connection &) = delete;
    Connection &operator=(const Connection &) = delete;

    [[nodiscard]] Status open(std::uint16_t port);
    void start(std::string_view head, std::string_view bodyBlock, std::uint64_t bodySize);
    /// Goes on as far as possible; Done when the whole answer is here.
    [[nodiscard]] Result<State> proceed();

    [[nodiscard]] int socket() const { return m_socket; }
    [[nodiscard]] bool mustReopen() const { return m_closeAfter; }
    [[nodiscard]] unsigned status() const { return m_status; }
    [[nodiscard]] std::uint64_t bodyReceived() const { return m_bodyReceived; }
    [[nodiscard]] const std::string &errorText() const { return m_errorText; }
    std::int64_t startedAtNs = 0;

private:
    [[nodiscard]] Result<bool> send();     // true: all sent
    [[nodiscard]] Result<bool> receive();  // true: all here
    [[nodiscard]] Status readHead();
    void close();

    int m_socket = -1;
    State m_state = State::Done;
    std::string m_head;
    std::size_t m_headSent = 0;
    std::string_view m_block;
    std::uint64_t m_bodySize = 0;
    std::uint64_t m_bodySent = 0;
    std::string m_answer;  // the answer's head as it arrives
    bool m_haveHead = false;
    bool m_closeAfter = false;
    unsigned m_status = 0;
    std::uint64_t m_bodyLength = 0;
    std::uint64_t m_bodyReceived = 0;
    std::string m_errorText;
};

}  // namespace maxiofs::bench
