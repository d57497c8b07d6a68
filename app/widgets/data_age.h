// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"

#include <QTimer>
#include <QWidget>

#include <chrono>

namespace maxiofs::widgets {

// Says how old the data on a page is: "Updated 8 s ago". Older than three intervals it warns, by shape and
// colour. It ticks once a second in the first minute, then once a minute.
class DataAge : public QWidget {
    Q_OBJECT
public:
    explicit DataAge(const Clock &clock = SystemClock::instance(), QWidget *parent = nullptr);

    /// How often data is fetched when all is well.
    void setInterval(std::chrono::milliseconds interval) { m_interval = interval; }
    /// When the data shown was fetched, in Unix milliseconds; 0: never.
    void setTime(std::int64_t atMs);
    [[nodiscard]] bool isOld() const { return m_old; }
    [[nodiscard]] const QString &text() const { return m_text; }
    void refresh();
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

Q_SIGNALS:
    void oldChanged(bool old);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const Clock &m_clock;
    std::chrono::milliseconds m_interval{10'000};
    std::int64_t m_atMs = 0;
    QString m_text;
    QTimer m_timer;
    bool m_old = false;
};

}  // namespace maxiofs::widgets
