// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

class QHBoxLayout;
class QVBoxLayout;

namespace maxiofs::widgets {

class TextLabel;

// A framed part of a page: a title with a caption and controls at the right, and a body below.
class Panel : public QFrame {
    Q_OBJECT
public:
    explicit Panel(const QString &title = {}, QWidget *parent = nullptr);

    void setTitle(const QString &title);
    void setCaption(const QString &caption);
    /// Puts a control at the right end of the title's row.
    void addAction(QWidget *control);
    using QFrame::addAction;
    /// The body, without margins: a table reaches the panel's edges.
    [[nodiscard]] QVBoxLayout *body() const { return m_body; }

private:
    QWidget *m_header;
    QHBoxLayout *m_headerRow;
    TextLabel *m_title;
    TextLabel *m_caption;
    QVBoxLayout *m_body;
};

}  // namespace maxiofs::widgets
