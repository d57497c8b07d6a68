// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/event.h"
#include "theme/status.h"

#include <QCoreApplication>
#include <QString>

namespace maxiofs::models {

// An event of the console API as a sentence with a shape, or with an icon for what people did.
class EventWords {
    Q_DECLARE_TR_FUNCTIONS(maxiofs::models::EventWords)
public:
    struct Words {
        QString text;  // empty: nothing worth a line
        theme::Status status = theme::Status::None;
        QString icon;
    };

    [[nodiscard]] static Words of(const protocol::Event &event);
};

}  // namespace maxiofs::models
