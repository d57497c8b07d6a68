// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <QJsonObject>

namespace maxiofs::api::console {

// An error as the console API says it.
struct Refusal {
    unsigned status = 500;
    std::string code;
    std::string message;
    QJsonObject details = {};  // for programs; mostly empty
};

/// Codes of an endpoint's own; empty for an error that every endpoint may have.
using Refuse = std::optional<Refusal> (*)(const Error &error);

/// `missing` is the code for Error::NotFound. An internal error's details stay in the log: the message names
/// the request id to look for.
[[nodiscard]] Refusal refusalOf(const Error &error, std::string_view missing, std::string_view requestId);

/// The envelope.
[[nodiscard]] QByteArray textOf(const Refusal &refusal, std::string_view requestId);

}  // namespace maxiofs::api::console
