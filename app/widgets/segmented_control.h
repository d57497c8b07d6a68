// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QButtonGroup>
#include <QStringList>
#include <QWidget>

namespace maxiofs::widgets {

// One of a few choices, all visible.
class SegmentedControl : public QWidget {
    Q_OBJECT
public:
    explicit SegmentedControl(const QStringList &words, const QString &name, QWidget *parent = nullptr);

    [[nodiscard]] int current() const { return m_group.checkedId(); }
    void setCurrent(int index);
    /// Other words for the same choices.
    void setWords(const QStringList &words);

Q_SIGNALS:
    /// A person chose another one.
    void chosen(int index);

private:
    QButtonGroup m_group;
};

}  // namespace maxiofs::widgets
