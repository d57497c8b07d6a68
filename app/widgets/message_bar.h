// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/problem.h"
#include "theme/status.h"

#include <QFrame>

#include <optional>

namespace maxiofs::widgets {

class IconButton;
class PushButton;
class TextLabel;

// An error over the data it concerns: the cause in words, its request id, the next attempt's countdown, and
// what can be done. It stays until the cause is gone or a person closes it.
class MessageBar : public QFrame {
    Q_OBJECT
public:
    explicit MessageBar(QWidget *parent = nullptr);

    void showProblem(const core::Problem &problem, theme::Status status = theme::Status::Bad);
    /// Seconds to the next attempt; empty: none is planned. `place`: where it is made, if elsewhere.
    void setCountdown(std::optional<int> seconds, const QString &place = {});
    /// The word on the first button; empty hides it.
    void setAction(const QString &word);
    void solved();
    [[nodiscard]] QString text() const;

Q_SIGNALS:
    void actionTriggered();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    theme::Status m_status = theme::Status::Bad;
    core::Problem m_problem;
    TextLabel *m_text;
    TextLabel *m_request;
    TextLabel *m_countdown;
    PushButton *m_action;
    PushButton *m_copy;
    IconButton *m_close;
};

}  // namespace maxiofs::widgets
