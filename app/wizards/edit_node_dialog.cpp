// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/edit_node_dialog.h"

#include <QLineEdit>

namespace maxiofs::wizards {

using namespace Qt::StringLiterals;

EditNodeDialog::EditNodeDialog(const protocol::Node &node, QWidget *parent)
    : NodeDescription(u"editNodeDialog"_s, tr("Edit node"),
                      tr("Every node of the cluster has the change at once."), tr("Save"),
                      widgets::PushButton::Kind::Primary, parent),
      m_node(node)
{
    addName(tr("Name"));
    addRegion();
    addRest();
    for (const auto &[name, label, text] : {std::tuple(u"nodeEndpoint"_s, tr("Endpoint"), m_node.endpoint),
                                            std::tuple(u"nodeId"_s, tr("Node ID"), m_node.id)}) {
        QLineEdit *field = addField(name, label);
        field->setText(QString::fromStdString(text));
        field->setCursorPosition(0);
        field->setReadOnly(true);
    }
    addHint(tr("A node announces its own endpoint: start it with another --advertise to change it."));
    describe(QString::fromStdString(m_node.name), QString::fromStdString(m_node.region), m_node.priority,
             m_node.metadata);
    nameField()->selectAll();
    nameField()->setFocus();
}

protocol::NodeChange EditNodeDialog::change() const
{
    protocol::NodeChange change;
    if (name() != m_node.name)
        change.name = name();
    if (region() != m_node.region)
        change.region = region();
    if (priority() != m_node.priority)
        change.priority = priority();
    if (metadata() != m_node.metadata)
        change.metadata = metadata();
    return change;
}

bool EditNodeDialog::differs() const
{
    const protocol::NodeChange made = change();
    return made.name || made.region || made.priority || made.metadata;
}

bool EditNodeDialog::placeProblem(const core::Problem &problem)
{
    if (!problem.is("AlreadyExists"_L1))
        return false;
    setFieldProblem(nameField(), problem.summary);
    return true;
}

void EditNodeDialog::check()
{
    const QString missing = missingHere();
    setMissing(!missing.isEmpty() ? missing : differs() ? QString() : tr("Nothing was changed."));
}

}  // namespace maxiofs::wizards
