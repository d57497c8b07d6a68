// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

class QCheckBox;
class QLineEdit;

namespace maxiofs::widgets {
class PushButton;
class TextLabel;
}  // namespace maxiofs::widgets

namespace maxiofs::wizards {

// Shows the cluster's token, the only time that anybody sees it, with a button that copies it. It forgets the
// token when it closes. A person who closes it before the token was copied or noted is told once what that
// means.
class TokenDialog : public QDialog {
    Q_OBJECT
public:
    TokenDialog(const QString &title, const QString &token, QWidget *parent);
    ~TokenDialog() override;

    void reject() override;
    void accept() override;

private:
    void copy();
    void forget();

    QLineEdit *m_token;
    QCheckBox *m_kept;
    widgets::TextLabel *m_note;
    widgets::PushButton *m_done;
    bool m_warned = false;
};

}  // namespace maxiofs::wizards
