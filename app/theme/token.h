// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLatin1StringView>

#include <cstddef>

namespace maxiofs::theme {

// The name of a colour. Both palettes (resources/theme) give each of them a value.
enum class Token {
    Chrome,
    Sidebar,
    Canvas,
    Panel,
    Alt,
    Raised,
    Line,
    Border,
    Strong,
    Text,
    Text2,
    Muted,
    Disabled,
    Accent,
    AccentHover,
    OnAccent,
    AccentText,
    AccentTint,
    Sel,
    Hover,
    Ok,
    OkText,
    OkTint,
    Warn,
    WarnText,
    WarnTint,
    Bad,
    BadText,
    BadTint,
    Unk,
    UnkText,
    UnkTint,
    Track,
    Fill,
    Button,
    ButtonBorder,
    Field,
    FieldBorder,
    TagProd,
    TagStage,
    S1,
    S2,
    S3,
    S4,
    S5,
    S6,
};
inline constexpr std::size_t kTokenCount = static_cast<std::size_t>(Token::S6) + 1;

/// The token's name in the palettes and, after an `@`, in the style sheet.
[[nodiscard]] QLatin1StringView nameOf(Token token);

}  // namespace maxiofs::theme
