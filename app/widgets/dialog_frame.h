// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QDialog;
class QHBoxLayout;
class QVBoxLayout;
class QWidget;

namespace maxiofs::widgets {

// What every dialog is laid out in: a body, and below it a footer for its buttons. They belong to the dialog.
struct DialogFrame {
    explicit DialogFrame(QDialog *dialog);

    QWidget *body;
    QVBoxLayout *column;  // of the body
    QHBoxLayout *footer;
};

}  // namespace maxiofs::widgets
