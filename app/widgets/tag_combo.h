// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QComboBox>

namespace maxiofs::widgets {

// Chooses an environment's tag, shown as the tag itself. The data of an entry is the tag's text; empty: none.
class TagCombo : public QComboBox {
    Q_OBJECT
public:
    explicit TagCombo(QWidget *parent = nullptr);

protected:
    void paintEvent(QPaintEvent *event) override;
};

}  // namespace maxiofs::widgets
