// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include <functional>

class QLineEdit;

namespace maxiofs::widgets {

class PushButton;
class TextLabel;

// Asks for the passphrase of the vault, or for a new one, twice. `unlock` tries it and gives back what is
// wrong, empty if nothing; the dialog stays until it works or a person gives up.
class PassphraseDialog : public QDialog {
    Q_OBJECT
public:
    static constexpr int kShortestPassphrase = 10;

    using Unlock = std::function<QString(const QString &passphrase)>;
    PassphraseDialog(bool isNew, Unlock unlock, QWidget *parent);

private:
    void check();
    void attempt();

    bool m_isNew;
    Unlock m_unlock;
    QLineEdit *m_first;
    QLineEdit *m_second;
    TextLabel *m_problem;
    PushButton *m_accept;
};

}  // namespace maxiofs::widgets
