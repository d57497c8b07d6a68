// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/cluster.h"
#include "widgets/panel.h"

#include <QList>

class QGridLayout;

namespace maxiofs::widgets {
class Badge;
class PushButton;
class TextLabel;
}  // namespace maxiofs::widgets

namespace maxiofs::pages {

// All that is known of one node: why it is as it is, in words, and the facts that a table has no room for.
class NodeDetails : public widgets::Panel {
    Q_OBJECT
public:
    explicit NodeDetails(QWidget *parent = nullptr);

    /// Null: no node is chosen.
    void present(const protocol::Node *node, const QString &fingerprint, std::int64_t nowMs);
    /// Why nothing can be changed; empty: it can. `isCluster`: the node can be removed.
    void setChangeable(const QString &refusal, bool isCluster);

Q_SIGNALS:
    void editRequested();
    void removeRequested();

private:
    struct Fact {
        widgets::TextLabel *name;
        widgets::TextLabel *value;
    };

    void addFact(QGridLayout *grid, const QString &name, const QString &objectName);

    widgets::Badge *m_chip;
    widgets::TextLabel *m_reason;
    widgets::TextLabel *m_certificate;
    QList<Fact> m_facts;
    widgets::PushButton *m_edit;
    widgets::PushButton *m_remove;
    bool m_isLocal = false;
    bool m_hasNode = false;
};

}  // namespace maxiofs::pages
