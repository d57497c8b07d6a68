// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace maxiofs::widgets {

class PushButton;
class TextLabel;

// What stands in the middle of a view that has nothing to show: an icon, a title, a sentence and one or two
// things to do.
class EmptyState : public QWidget {
    Q_OBJECT
public:
    explicit EmptyState(const QString &icon, QWidget *parent = nullptr);

    void setText(const QString &title, const QString &sentence);
    /// The word on the button; empty hides it.
    void setAction(const QString &word);
    /// Another thing to do, quieter, beside the first; empty hides it.
    void setSecondAction(const QString &word);
    [[nodiscard]] QString title() const;

Q_SIGNALS:
    void actionTriggered();
    void secondActionTriggered();

private:
    class Picture;

    TextLabel *m_title;
    TextLabel *m_sentence;
    PushButton *m_action;
    PushButton *m_second;
};

}  // namespace maxiofs::widgets
