// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "theme/status.h"

#include <QList>
#include <QWidget>

#include <optional>

namespace maxiofs::widgets {

// Steps that were tried, one a line: a tick for what passed, else a shape; the step's name, what it found and
// how long it took.
class CheckList : public QWidget {
    Q_OBJECT
public:
    struct Line {
        QString name;
        theme::Status status = theme::Status::Pending;
        QString finding;
        std::optional<qint64> milliseconds;
    };

    explicit CheckList(QWidget *parent = nullptr);

    void setLines(const QList<Line> &lines);
    [[nodiscard]] const QList<Line> &lines() const { return m_lines; }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    bool event(QEvent *event) override;

private:
    [[nodiscard]] int lineHeight() const;

    QList<Line> m_lines;
};

}  // namespace maxiofs::widgets
