// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/failover.h"
#include "widgets/form_dialog.h"

namespace maxiofs::wizards {

// Asks before conflicts are restored or discarded: both can take away what an object holds, and says what of
// it.
class SettleConflictsDialog : public widgets::FormDialog {
    Q_OBJECT
public:
    enum class What { Restore, Discard };

    SettleConflictsDialog(What what, const QList<protocol::Conflict> &conflicts, QWidget *parent);

protected:
    void check() override { setMissing({}); }
};

}  // namespace maxiofs::wizards
