// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme/theme.h"

#include "theme/app_style.h"
#include "theme/icon_loader.h"
#include "theme/typography.h"

#include <QApplication>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPixmapCache>
#include <QStyle>

#include <algorithm>
#include <vector>

// Resources of a static library are linked only when asked for, and the macro works outside namespaces only.
static void initResources()
{
    Q_INIT_RESOURCE(maxiofs);
}

namespace maxiofs::theme {

using namespace Qt::StringLiterals;

namespace {

Theme::Colors readPalette(const QString &path)
{
    initResources();
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("The palette %s is not in this program.", qUtf8Printable(path));
    const QJsonObject json = QJsonDocument::fromJson(file.readAll()).object();
    Theme::Colors colors;
    for (std::size_t i = 0; i < kTokenCount; ++i) {
        const QLatin1StringView name = nameOf(static_cast<Token>(i));
        colors[i] = QColor(json.value(name).toString());
        if (!colors[i].isValid())
            qFatal("The palette %s has no colour %s.", qUtf8Printable(path), name.data());
    }
    return colors;
}

}  // namespace

Theme::Theme() = default;

Theme &Theme::instance()
{
    static Theme theme;
    return theme;
}

const Theme::Colors &Theme::colors(bool dark)
{
    static const Colors lightColors = readPalette(u":/theme/light.json"_s);
    static const Colors darkColors = readPalette(u":/theme/dark.json"_s);
    return dark ? darkColors : lightColors;
}

QColor Theme::color(Token token)
{
    return colors(instance().m_dark)[static_cast<std::size_t>(token)];
}

void Theme::setMode(Mode mode)
{
    m_mode = mode;
    apply();
}

void Theme::setSystemDark(bool dark)
{
    m_systemDark = dark;
    apply();
}

void Theme::apply()
{
    const bool dark = m_mode == Mode::Dark || (m_mode == Mode::System && m_systemDark);
    if (dark == m_dark && m_installed)
        return;
    m_dark = dark;
    if (!m_installed)
        return;
    IconLoader::dropCache();
    QApplication::setPalette(palette());
    qApp->setStyleSheet(styleSheet());
    Q_EMIT changed();
}

void Theme::install()
{
    if (!m_installed) {
        QApplication::setStyle(new AppStyle);
        m_installed = true;
    }
    Typography::install();
    QApplication::setPalette(palette());
    qApp->setStyleSheet(styleSheet());
    Q_EMIT changed();
}

QPalette Theme::palette() const
{
    QPalette palette;
    const auto set = [&palette](QPalette::ColorRole role, Token token) {
        palette.setColor(role, color(token));
    };
    set(QPalette::Window, Token::Canvas);
    set(QPalette::WindowText, Token::Text);
    set(QPalette::Text, Token::Text);
    set(QPalette::ButtonText, Token::Text);
    set(QPalette::Base, Token::Panel);
    set(QPalette::AlternateBase, Token::Alt);
    set(QPalette::Button, Token::Button);
    set(QPalette::Highlight, Token::Accent);
    set(QPalette::HighlightedText, Token::OnAccent);
    set(QPalette::PlaceholderText, Token::Muted);
    set(QPalette::Link, Token::AccentText);
    set(QPalette::LinkVisited, Token::AccentText);
    set(QPalette::ToolTipBase, Token::Raised);
    set(QPalette::ToolTipText, Token::Text);
    set(QPalette::BrightText, Token::OnAccent);
    set(QPalette::Light, Token::Panel);
    set(QPalette::Mid, Token::Border);
    set(QPalette::Dark, Token::Strong);
    set(QPalette::Midlight, Token::Line);
    set(QPalette::Shadow, Token::Strong);
    for (const QPalette::ColorRole role :
         {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::HighlightedText})
        palette.setColor(QPalette::Disabled, role, color(Token::Disabled));
    return palette;
}

QString Theme::styleSheet() const
{
    initResources();
    QFile file(u":/theme/style.qss"_s);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("The style sheet is not in this program.");
    QString sheet = QString::fromUtf8(file.readAll());

    // Longest name first: @text must not eat the start of @text2.
    std::vector<Token> tokens;
    tokens.reserve(kTokenCount);
    for (std::size_t i = 0; i < kTokenCount; ++i)
        tokens.push_back(static_cast<Token>(i));
    std::ranges::sort(tokens, std::greater<>(), [](Token token) { return nameOf(token).size(); });
    for (const Token token : tokens)
        sheet.replace(u"@"_s + nameOf(token), color(token).name());
    sheet.replace(u"@scheme"_s, m_dark ? u"dark"_s : u"light"_s);
    return sheet;
}

}  // namespace maxiofs::theme
