// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/replication.h"
#include "widgets/form_dialog.h"

namespace maxiofs::widgets {
class CheckList;
}

namespace maxiofs::wizards {

// "Verify": compares what both sides of a rule have and shows the outcome, of the last time or of now. It
// stays open; closing it does not end a comparison.
class VerifyDialog : public widgets::FormDialog {
    Q_OBJECT
public:
    /// `route`: from where to where, in words.
    VerifyDialog(const QString &bucket, const QString &route, QWidget *parent);

    /// What is known of the last comparison.
    void present(const protocol::ReplicationVerification &outcome);

protected:
    void check() override {}

private:
    widgets::TextLabel *m_conclusion;
    widgets::CheckList *m_facts;
};

}  // namespace maxiofs::wizards
