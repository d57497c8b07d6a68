// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "cluster/link/nonce_memory.h"
#include "cluster/link/routes.h"
#include "cluster/link/wire_error.h"
#include "cluster/rules/admission.h"

#include <expected>

namespace maxiofs::cluster::link {

// What a request on an internal route brings before its body.
struct Knock {
    const Route *route = nullptr;
    std::string method;
    std::string path;
    // The four headers; a missing one is empty, one that stands twice too.
    std::string nodeId;
    std::string timestamp;
    std::string nonce;
    std::string signature;
    std::string certificate;  // that TLS proved, SHA-256, 64 hex; empty without
};

// Why somebody stays outside.
struct DoorRefusal {
    std::string_view code;  // of wire_error.h
    Error error;
};

// Lets requests of other nodes in or not, in three steps: what the head tells before a byte of the body is
// read; the signature over the body before it is parsed; and what a join's body says of its sender. Any
// thread.
class Door {
public:
    using Checked = std::expected<void, DoorRefusal>;

    /// `admission` says who is let in now; never null, any thread.
    Door(std::function<std::shared_ptr<const rules::Admission>()> admission, const Clock &clock);

    [[nodiscard]] Checked checkHead(const Knock &knock) const;
    /// The key that verifies the signature; empty where none does and the route has other proofs.
    [[nodiscard]] std::expected<std::string, DoorRefusal> checkSignature(const Knock &knock,
                                                                         ByteView body) const;
    /// Last, once for each request: from then on it would be a replay.
    [[nodiscard]] Checked admit(const Knock &knock, const std::string &key, const QJsonObject &body);

    [[nodiscard]] static NodeId nodeOf(const Knock &knock);

private:
    const std::function<std::shared_ptr<const rules::Admission>()> m_admission;
    const Clock &m_clock;
    NonceMemory m_nonces;
};

}  // namespace maxiofs::cluster::link
