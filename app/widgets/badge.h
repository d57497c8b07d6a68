// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "theme/status.h"

#include <QWidget>

namespace maxiofs::widgets {

// A small mark in one line of text: a chip with shape and word, an environment's tag, or a key cap.
class Badge : public QWidget {
    Q_OBJECT
public:
    enum class Kind { Chip, Tag, KeyCap };

    explicit Badge(Kind kind, QWidget *parent = nullptr);

    /// A chip's state and word; Status::None hides it.
    void setStatus(theme::Status status, const QString &word);
    /// A tag's or a key cap's text; empty hides it.
    void setText(const QString &text);
    [[nodiscard]] QString text() const { return m_text; }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

    /// A tag as delegates paint it: PROD, STAGE, LOCAL. Returns its width.
    static int paintTag(QPainter *painter, const QRect &rect, const QString &text);
    [[nodiscard]] static int tagWidth(const QString &text);
    /// A key cap whose right edge is that of `rect`. Returns its width.
    static int paintKeyCap(QPainter *painter, const QRect &rect, const QString &text);

protected:
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    [[nodiscard]] QFont textFont() const;

    Kind m_kind;
    theme::Status m_status = theme::Status::None;
    QString m_text;
};

}  // namespace maxiofs::widgets
