// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/form_dialog.h"

namespace maxiofs::wizards {

// Asks before the cluster's token is replaced, and says what that means.
class RotateDialog : public widgets::FormDialog {
    Q_OBJECT
public:
    /// `fingerprint`: that of the token so far.
    RotateDialog(const QString &fingerprint, QWidget *parent);

protected:
    void check() override { setMissing({}); }
};

}  // namespace maxiofs::wizards
