// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "theme/status.h"

#include <QStatusBar>

namespace maxiofs::widgets {

// The window's bottom line: parts with a shape or an icon and a word, parted by thin lines; key hints and the
// like stand at the right.
class StatusLine : public QStatusBar {
    Q_OBJECT
public:
    explicit StatusLine(QWidget *parent = nullptr);

    class Part;
    /// A part at the left, or at the right where `permanent`. Its object name is `name`.
    Part *addPart(const QString &name, bool permanent = false);
    static void set(Part *part, theme::Status status, const QString &text, const QString &tip = {});
    static void set(Part *part, const QString &icon, const QString &text, const QString &tip = {});
    /// "Ctrl K" as key caps with a word.
    QWidget *addKeyHint(const QStringList &keys, const QString &word);
};

class StatusLine::Part : public QWidget {
    Q_OBJECT
public:
    explicit Part(QWidget *parent = nullptr);

    void present(theme::Status status, const QString &icon, const QString &text, const QString &tip);
    [[nodiscard]] const QString &text() const { return m_text; }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    theme::Status m_status = theme::Status::None;
    QString m_icon;
    QString m_text;
};

}  // namespace maxiofs::widgets
