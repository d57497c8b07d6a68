// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme/token.h"

#include <array>

namespace maxiofs::theme {

QLatin1StringView nameOf(Token token)
{
    static constexpr std::array<const char *, kTokenCount> kNames{
        "chrome",       "sidebar",  "canvas",      "panel",      "alt",      "raised",   "line",
        "border",       "strong",   "text",        "text2",      "muted",    "disabled", "accent",
        "accentHover",  "onAccent", "accentText",  "accentTint", "sel",      "hover",    "ok",
        "okText",       "okTint",   "warn",        "warnText",   "warnTint", "bad",      "badText",
        "badTint",      "unk",      "unkText",     "unkTint",    "track",    "fill",     "button",
        "buttonBorder", "field",    "fieldBorder", "tagProd",    "tagStage", "s1",       "s2",
        "s3",           "s4",       "s5",          "s6"};
    return QLatin1StringView(kNames[static_cast<std::size_t>(token)]);
}

}  // namespace maxiofs::theme
