// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/cluster.h"
#include "widgets/form_dialog.h"

#include <QJsonObject>

#include <cstdint>

class QCheckBox;

namespace maxiofs::wizards {

// A dialog with the fields that describe a node: name, region, priority, metadata.
class NodeDescription : public widgets::FormDialog {
    Q_OBJECT
public:
    static constexpr int kStandardPriority = 100;
    static constexpr int kHighestPriority = 1'000'000;

protected:
    using FormDialog::FormDialog;

    void addName(const QString &label);
    void addRegion();
    /// Priority and metadata.
    void addRest();
    void describe(const QString &name, const QString &region, std::int64_t priority,
                  const QJsonObject &metadata);
    [[nodiscard]] std::string name() const;
    [[nodiscard]] std::string region() const;
    [[nodiscard]] std::int64_t priority() const;
    [[nodiscard]] QJsonObject metadata() const;
    /// For a node that joins: whether it may give other names to what is taken. Shown once that is asked.
    void addRenames();
    /// Says which names are taken, and asks. False where the answer is another one.
    [[nodiscard]] bool placeClashes(const core::Problem &problem);
    /// What these fields say of a node that joins.
    [[nodiscard]] protocol::NodeRequest described() const;
    /// What is still wrong or missing in these fields; empty: nothing.
    [[nodiscard]] QString missingHere();
    [[nodiscard]] QLineEdit *nameField() const { return m_name; }

private:
    QLineEdit *m_name = nullptr;
    QLineEdit *m_region = nullptr;
    QLineEdit *m_priority = nullptr;
    QLineEdit *m_metadata = nullptr;
    QCheckBox *m_renames = nullptr;
};

}  // namespace maxiofs::wizards
