// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/replication.h"
#include "widgets/form_dialog.h"

class QCheckBox;
class QComboBox;

namespace maxiofs::widgets {
class SegmentedControl;
}

namespace maxiofs::wizards {

// A node as dialogs about rules offer it.
struct NodeChoice {
    QString id;
    QString name;
    QString about;  // region and health, in words
};

// A dialog with the options of a replication rule: mode, prefix, deletes, metadata, policy, priority,
// bandwidth. What is wrong with them stands at the field, whether found here or told by the node.
class RuleOptions : public widgets::FormDialog {
    Q_OBJECT
public:
    static constexpr int kShortestInterval = 10;  // seconds, where it is not synchronous
    static constexpr int kLongestInterval = 2'592'000;
    static constexpr int kHighestPriority = 1'000'000;

    [[nodiscard]] protocol::ReplicationRuleOptions options() const;

protected:
    using FormDialog::FormDialog;

    void addOptions(const protocol::ReplicationRuleOptions &options);
    /// A row with a list to choose from; nothing is chosen yet.
    static void fill(QComboBox *choice, const QList<NodeChoice> &nodes, const QString &without);
    /// What is still wrong or missing in the options; empty: nothing.
    [[nodiscard]] QString missingHere();
    /// The field that an answer is about, by its name in the API.
    [[nodiscard]] virtual QWidget *fieldFor(const QString &name) const;
    bool placeProblem(const core::Problem &problem) override;

private:
    [[nodiscard]] std::int64_t interval() const;
    [[nodiscard]] std::optional<std::int64_t> bandwidth() const;
    void addModes(std::int64_t chosen);
    void showMode();

    QComboBox *m_mode = nullptr;
    QLineEdit *m_seconds = nullptr;
    QLineEdit *m_prefix = nullptr;
    QWidget *m_travels = nullptr;
    QCheckBox *m_deletes = nullptr;
    QCheckBox *m_metadata = nullptr;
    widgets::SegmentedControl *m_policy = nullptr;
    QLineEdit *m_priority = nullptr;
    QLineEdit *m_bandwidth = nullptr;
    widgets::TextLabel *m_meaning = nullptr;
    QString m_bandwidthText;  // as it was first shown: then the limit is exactly what it was
    protocol::ReplicationRuleOptions m_before;
};

}  // namespace maxiofs::wizards
