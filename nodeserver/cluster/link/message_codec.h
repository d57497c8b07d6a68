// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/messages.h"
#include "records/secret_sealer.h"

#include <memory>
#include <string_view>
#include <vector>

namespace maxiofs::cluster::link {

// The number in every request and answer. A node speaks the formats from kOldestFormat to kNewestFormat.
inline constexpr unsigned kOldestFormat = 1;
inline constexpr unsigned kNewestFormat = 1;
inline constexpr std::string_view kFormatField = "format";

/// Unsupported when the body's format is none that this node speaks; InvalidArgument when it has none.
[[nodiscard]] Status checkFormat(const QJsonObject &body);

// Messages as JSON and back; the format number is put in and checked by those who send and take the whole.
// Immutable: any thread.
//
// Secrets of records are sealed under the cluster's record key wherever they go; what a join hands over,
// under a key that its token or invitation gives. Reading is strict: InvalidArgument names the wrong field.
class MessageCodec {
public:
    /// Without a key (not 64 hex digits) records with secrets are refused.
    explicit MessageCodec(std::string_view recordKey);
    ~MessageCodec();

    /// InvalidArgument for records of more than one route.
    [[nodiscard]] Result<QJsonObject> encode(const rules::Request &request) const;
    /// `route` as findRoute() knows it; Unsupported for one that carries no such message.
    [[nodiscard]] Result<rules::Request> decode(std::string_view route, const QJsonObject &body) const;

    /// `joinKey` seals what a join hands over; without one the pinned connection alone protects it.
    [[nodiscard]] Result<QJsonObject> encode(const rules::Answer &answer, std::string_view joinKey) const;
    [[nodiscard]] Result<rules::Answer> decodeAnswer(const rules::Request &asked, const QJsonObject &body,
                                                     std::string_view joinKey) const;

private:
    std::unique_ptr<records::SecretSealer> m_sealer;  // null without a key
};

/// Splits records that are to be pushed so that each part fits one request, in their order.
[[nodiscard]] std::vector<rules::PushRecords> splitPush(rules::PushRecords push);

}  // namespace maxiofs::cluster::link
