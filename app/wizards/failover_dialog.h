// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/failover.h"
#include "widgets/form_dialog.h"

#include <optional>

namespace maxiofs::widgets {
class SegmentedControl;
}

namespace maxiofs::wizards {

// "Failover": whether a replica takes over by itself when the owner does not answer, for a bucket or for all
// that have no policy of their own.
class FailoverDialog : public widgets::FormDialog {
    Q_OBJECT
public:
    /// `bucket` is empty for the cluster's own policy.
    FailoverDialog(const QString &bucket, QWidget *parent);

    /// What there is now; without a policy a bucket has the cluster's.
    void present(std::optional<protocol::FailoverPolicy> policy, protocol::FailoverPolicy standard);
    /// What was chosen.
    [[nodiscard]] std::optional<protocol::FailoverPolicy> policy() const;

protected:
    void check() override;

private:
    // The choices in order; none: the cluster's.
    QList<std::optional<protocol::FailoverPolicy>> m_policies;
    std::optional<std::optional<protocol::FailoverPolicy>> m_now;  // none: not known yet
    protocol::FailoverPolicy m_standard = protocol::FailoverPolicy::Automatic;
    widgets::SegmentedControl *m_choice;
    widgets::TextLabel *m_meaning;
};

}  // namespace maxiofs::wizards
