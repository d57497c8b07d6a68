// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "theme/status.h"

#include <QFrame>

class QHBoxLayout;

namespace maxiofs::widgets {

class Badge;
class DataAge;
class TextLabel;

// The top of a page: title, a chip for its state, a caption, the data's age, and controls at the right, at
// most one of them primary.
class PageHeader : public QFrame {
    Q_OBJECT
public:
    explicit PageHeader(const QString &title, QWidget *parent = nullptr);

    void setStatus(theme::Status status, const QString &word);
    /// A second state beside the first.
    void setSecondStatus(theme::Status status, const QString &word);
    void setCaption(const QString &caption);
    void addControl(QWidget *control);
    [[nodiscard]] DataAge *dataAge() const { return m_age; }

private:
    QHBoxLayout *m_row;
    Badge *m_chip;
    Badge *m_second;
    TextLabel *m_caption;
    DataAge *m_age;
};

}  // namespace maxiofs::widgets
