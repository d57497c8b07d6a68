// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/console/event_hub.h"
#include "base/result.h"

namespace maxiofs::api::console {

// How members tell each other their events (internal route `events-since`).
inline constexpr std::string_view kEventsRoute = "events-since";
inline constexpr std::size_t kEventsBytes = 1024 * 1024;  // of an answer, about

/// The question, for what comes after this number, and its answer from this node's events; InvalidArgument
/// for another body.
[[nodiscard]] QJsonObject eventsQuestion(std::uint64_t after);
[[nodiscard]] Result<QJsonObject> answerEvents(const EventHub &events, const QJsonObject &question);

/// A batch as the answer to the question, and back; InvalidArgument for one that is none.
[[nodiscard]] QJsonObject bodyOf(const EventBatch &batch);
[[nodiscard]] Result<EventBatch> batchOf(const QJsonObject &body);

}  // namespace maxiofs::api::console
