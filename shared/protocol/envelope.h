// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/json.h"

namespace maxiofs::protocol {

// What every answer of the console API is wrapped in: {"status":"success","data":...,"message"?} or
// {"status":"error","code":"NoSuchNode","message":"...","request_id":"...","details"?: {...}}.
struct Envelope {
    bool success = true;
    QJsonValue data;        // of a success; may be null
    std::string message;    // a sentence for a person; always there in an error
    std::string code;       // of an error, for programs
    std::string requestId;  // of an error
    QJsonObject details;    // of an error, for programs; mostly empty
};

[[nodiscard]] QByteArray successText(const QJsonValue &data, std::string_view message = {});
[[nodiscard]] QByteArray errorText(std::string_view code, std::string_view message,
                                   std::string_view requestId, const QJsonObject &details = {});
/// Fails for a text that is no envelope; an error envelope is a value with success == false.
[[nodiscard]] Result<Envelope> parseEnvelope(const QByteArray &text);

}  // namespace maxiofs::protocol
