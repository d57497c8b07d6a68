// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "theme/status.h"
#include "theme/token.h"

#include <QRectF>

class QPainter;

namespace maxiofs::theme {

// The shape of a state. Its meaning never hangs on the colour alone: each state has its own outline, and a
// word stands beside it.
class StatusShape {
public:
    static constexpr int kSide = 10;  // px

    /// Paints the shape into the middle of `rect`, kSide wide and high. Status::None paints nothing.
    static void paint(QPainter *painter, const QRectF &rect, Status status);
    /// The shape's colour.
    [[nodiscard]] static Token shapeToken(Status status);
    /// The colour of the word beside it: plain text where all is well.
    [[nodiscard]] static Token textToken(Status status);
    /// The background of a chip in that state.
    [[nodiscard]] static Token tintToken(Status status);
};

}  // namespace maxiofs::theme
