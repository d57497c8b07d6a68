// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace maxiofs::widgets {

class PushButton;
class TextLabel;

// What stands in the middle of a view that has nothing to show: an icon, a title, a sentence and one thing to
// do.
class EmptyState : public QWidget {
    Q_OBJECT
public:
    explicit EmptyState(const QString &icon, QWidget *parent = nullptr);

    void setText(const QString &title, const QString &sentence);
    /// The word on the button; empty hides it.
    void setAction(const QString &word);
    [[nodiscard]] QString title() const;

Q_SIGNALS:
    void actionTriggered();

private:
    class Picture;

    TextLabel *m_title;
    TextLabel *m_sentence;
    PushButton *m_action;
};

}  // namespace maxiofs::widgets
