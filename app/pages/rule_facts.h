// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/replication.h"

#include <QList>
#include <QWidget>

namespace maxiofs::widgets {
class TextLabel;
}

namespace maxiofs::pages {

// What is known of one rule beyond its row: its options, its rates, what it has sent.
class RuleFacts : public QWidget {
    Q_OBJECT
public:
    explicit RuleFacts(QWidget *parent = nullptr);

    void present(const protocol::ReplicationRule &rule, std::int64_t nowMs);

private:
    struct Fact {
        widgets::TextLabel *name;
        widgets::TextLabel *value;
    };
    QList<Fact> m_facts;
};

}  // namespace maxiofs::pages
