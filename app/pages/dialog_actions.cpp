// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/dialog_actions.h"

#include <algorithm>

namespace maxiofs::pages {

DialogActions::DialogActions(models::LiveCluster &cluster, QObject *parent)
    : QObject(parent),
      m_cluster(cluster)
{
}

bool DialogActions::show(QDialog *dialog)
{
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    if (m_dialog && m_dialog->isVisible()) {
        delete dialog;
        m_dialog->raise();
        return false;
    }
    m_dialog = dialog;
    dialog->open();
    return true;
}

void DialogActions::told(const core::Problem &problem)
{
    m_cluster.events().note(theme::Status::Bad, problem.summary);
}

QString DialogActions::refusalFor(const QString &nobodyElse) const
{
    if (!m_cluster.connection().isConnected())
        return tr("Not connected");
    const auto &roles = m_cluster.connection().user().roles;
    if (std::ranges::find(roles, protocol::Role::Admin) == roles.end())
        return nobodyElse;
    return m_cluster.config() ? QString() : tr("The cluster has not answered yet.");
}

}  // namespace maxiofs::pages
