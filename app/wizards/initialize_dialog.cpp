// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/initialize_dialog.h"

#include <QLineEdit>

namespace maxiofs::wizards {

using namespace Qt::StringLiterals;

InitializeDialog::InitializeDialog(const QString &name, const QString &region, QWidget *parent)
    : NodeDescription(
          u"initializeDialog"_s, tr("Initialize cluster"),
          tr("This node becomes the first of a cluster that others can join. It keeps its buckets and "
             "users. The token that lets nodes join is shown next, once."),
          tr("Initialize"), widgets::PushButton::Kind::Primary, parent)
{
    addName(tr("Node name"));
    addRegion();
    nameField()->setText(name);
    findChild<QLineEdit *>(u"nodeRegion"_s)->setText(region);
    nameField()->selectAll();
    nameField()->setFocus();
}

protocol::InitializeRequest InitializeDialog::request() const
{
    return {.nodeName = name(), .region = region()};
}

bool InitializeDialog::placeProblem(const core::Problem &problem)
{
    if (!problem.is("AlreadyExists"_L1) && !problem.is("InvalidArgument"_L1))
        return false;
    setFieldProblem(nameField(), problem.summary);
    return true;
}

void InitializeDialog::check()
{
    setMissing(missingHere());
}

}  // namespace maxiofs::wizards
