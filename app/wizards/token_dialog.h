// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

class QCheckBox;
class QLineEdit;
class QTimer;

namespace maxiofs::widgets {
class PushButton;
class TextLabel;
}  // namespace maxiofs::widgets

namespace maxiofs::wizards {

// Shows the cluster's token, the only time that anybody sees it, with a button that copies it. It forgets the
// token when it closes, and takes it back from the clipboard then or after a minute, unless something else
// was copied meanwhile. A person who closes it before the token was copied or noted is told once what that
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
    [[nodiscard]] bool isInClipboard() const;
    void takeBack();
    void forget();

    QLineEdit *m_token;
    QCheckBox *m_kept;
    widgets::TextLabel *m_note;
    widgets::PushButton *m_done;
    QTimer *m_clipboardTimer;
    bool m_warned = false;
};

}  // namespace maxiofs::wizards
