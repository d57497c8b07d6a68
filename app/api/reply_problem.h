// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/problem.h"

#include <QCoreApplication>

class QNetworkReply;

namespace maxiofs::api {

// Says in words why a reply is no success.
class ReplyProblem {
    Q_DECLARE_TR_FUNCTIONS(maxiofs::api::ReplyProblem)
public:
    /// The transport failed: no answer came.
    [[nodiscard]] static core::Problem ofTransport(const QNetworkReply &reply);
    /// An answer with status 400 or above; `body` may hold an error envelope.
    [[nodiscard]] static core::Problem ofStatus(const QNetworkReply &reply, const QByteArray &body);
    [[nodiscard]] static core::Problem malformed(const QNetworkReply &reply, const QString &why);
    [[nodiscard]] static core::Problem timedOut(const QNetworkReply &reply);
    [[nodiscard]] static core::Problem cancelled(const QNetworkReply &reply);
};

}  // namespace maxiofs::api
