// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/link/door.h"

#include "base/log_line.h"
#include "cluster/link/signature.h"

using namespace Qt::StringLiterals;

namespace maxiofs::cluster::link {

namespace {

constexpr std::int64_t kMsPerSecond = 1000;

std::unexpected<DoorRefusal> refused(std::string_view code, std::string message, std::string subject = {})
{
    return std::unexpected(
        DoorRefusal{code, Error(Error::Unauthenticated, std::move(message), std::move(subject))});
}

std::unexpected<DoorRefusal> refused(rules::Refusal refusal, const NodeId &node, const NodeId &self = {})
{
    return std::unexpected(DoorRefusal{codeOf(refusal), rules::errorOf(refusal, node, self)});
}

SignedParts partsOf(const Knock &knock, ByteView body)
{
    return {knock.method, knock.path, knock.timestamp, knock.nonce, body};
}

Door::Checked checkForms(const Knock &knock)
{
    struct Header {
        std::string_view name;
        const std::string &value;
    };
    for (const auto &[name, value] :
         {Header{kNodeIdHeader, knock.nodeId}, Header{kTimestampHeader, knock.timestamp},
          Header{kNonceHeader, knock.nonce}, Header{kSignatureHeader, knock.signature}}) {
        if (value.empty())
            return refused(kMissingHeader, "The header " + std::string(name) + " is missing or given twice.",
                           std::string(name));
    }
    if (const auto node = NodeId::fromUuid(knock.nodeId); !node || node->uuid() != knock.nodeId)
        return refused(kUnknownNode, std::string(kNodeIdHeader) + " must be a UUID in lower case.",
                       std::string(kNodeIdHeader));
    if (const Status form = checkForm(partsOf(knock, {})); !form) {
        const std::string &subject = form.error().subject;
        const std::string_view code = subject == kTimestampHeader ? kBadTimestamp
                                      : subject == kNonceHeader   ? kBadNonce
                                                                  : kBadSignature;
        return std::unexpected(DoorRefusal{code, form.error()});
    }
    if (const Status form = checkSignatureForm(knock.signature); !form)
        return std::unexpected(DoorRefusal{kBadSignature, form.error()});
    return {};
}

}  // namespace

Door::Door(std::function<std::shared_ptr<const rules::Admission>()> admission, const Clock &clock)
    : m_admission(std::move(admission)),
      m_clock(clock)
{
}

NodeId Door::nodeOf(const Knock &knock)
{
    return NodeId::fromUuid(knock.nodeId).value_or(NodeId());
}

Door::Checked Door::checkHead(const Knock &knock) const
{
    if (Checked forms = checkForms(knock); !forms)
        return forms;
    if (const Status skew = checkSkew(knock.timestamp, m_clock.unixMs()); !skew)
        return std::unexpected(
            DoorRefusal{kClockSkew, Error(Error::InvalidArgument, skew.error().message, "clock")});
    const NodeId node = nodeOf(knock);
    const bool needsCertificate = knock.route->proof != Proof::Member;
    if (needsCertificate && knock.certificate.empty())
        return refused(rules::Refusal::WrongCertificate, node);
    // Whatever the body will say: as if its signature were good.
    const rules::Claim best{node, knock.certificate, knock.certificate, true};
    const auto admission = m_admission();
    if (const auto refusal = admission->refuse(knock.route->proof, best))
        return refused(*refusal, node, admission->self());
    return {};
}

std::expected<std::string, DoorRefusal> Door::checkSignature(const Knock &knock, ByteView body) const
{
    const auto key = m_admission()->keyThat(knock.route->proof, [&](const std::string &candidate) {
        return isSignedBy(candidate, partsOf(knock, body), knock.signature);
    });
    if (!key && knock.route->proof == Proof::Member)
        return refused(rules::Refusal::WrongToken, nodeOf(knock));
    return key.value_or(std::string());
}

Door::Checked Door::admit(const Knock &knock, const std::string &key, const QJsonObject &body)
{
    const NodeId node = nodeOf(knock);
    rules::Claim claim{node, knock.certificate, {}, !key.empty()};
    if (knock.route->proof == Proof::Join) {
        const QJsonObject self = body.value("self"_L1).toObject();
        if (self.value("id"_L1).toString().toStdString() != knock.nodeId)
            return refused(kUnknownNode,
                           "The node's id in the body is not that of " + std::string(kNodeIdHeader) + ".");
        claim.stated = self.value("certificate"_L1).toString().toStdString();
    }
    const auto admission = m_admission();
    if (const auto refusal = admission->refuse(knock.route->proof, claim))
        return refused(*refusal, node, admission->self());

    // An invitation that a password is to prove is remembered by nobody: anybody could fill the memory.
    if (knock.route->proof == Proof::Invite && key.empty())
        return {};
    const std::int64_t nowSeconds = m_clock.unixMs() / kMsPerSecond;
    const Id128 nonce = Id128::fromUuid(knock.nonce).value_or(Id128());
    switch (m_nonces.remember(node, nonce, secondsOf(knock.timestamp), nowSeconds)) {
    case NonceMemory::Outcome::New: break;
    case NonceMemory::Outcome::Replayed:
        return refused(kReplayed, "This request was already answered: each needs a nonce of its own.",
                       std::string(kNonceHeader));
    case NonceMemory::Outcome::Full:
        return std::unexpected(DoorRefusal{
            kReplayed, Error(Error::Busy, "Too many requests of other nodes in the last 5 minutes to tell "
                                          "this one from a replay: try again later.")});
    }
    if (!key.empty())
        base::debugLine("HMAC Auth: Signature valid for node " + knock.nodeId)
            .with("route", knock.route->name);
    return {};
}

}  // namespace maxiofs::cluster::link
