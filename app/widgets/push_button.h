// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPushButton>

namespace maxiofs::widgets {

// A button of one of the theme's kinds, with an icon before and a key hint after its word.
class PushButton : public QPushButton {
    Q_OBJECT
public:
    enum class Kind { Normal, Primary, Danger, Link, Tool };

    explicit PushButton(const QString &text, Kind kind = Kind::Normal, QWidget *parent = nullptr);

    void setThemeIcon(const QString &name);
    /// "F5": painted after the word, quieter.
    void setKeyHint(const QString &hint);
    /// 24 high, for the title row of a panel.
    void setCompact(bool compact);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    [[nodiscard]] int hintWidth() const;

    Kind m_kind;
    QString m_hint;
    bool m_compact = false;
};

}  // namespace maxiofs::widgets
