// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/status_line.h"

namespace maxiofs::pages {

class Workspace;

// The window's status line: to whom it is connected, over what, how old the data is, and where secrets are
// kept.
class ConnectionStatus : public widgets::StatusLine {
    Q_OBJECT
public:
    explicit ConnectionStatus(QWidget *parent = nullptr);

    /// Tells of one cluster.
    void showCluster(Workspace &open);
    /// Tells of all, where no cluster's page is in sight.
    void showAll(int connected, int all);
    void showSecretStore(const QString &name);

private:
    void setHintsVisible(bool visible);
    void showState(Workspace &open);
    void showTransport(Workspace &open);
    void showAge(Workspace &open);

    Part *m_connection;
    Part *m_tls;
    Part *m_live;
    Part *m_secrets;
    QList<QWidget *> m_hints;  // keys that work on a cluster's pages
};

}  // namespace maxiofs::pages
