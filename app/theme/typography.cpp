// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme/typography.h"

#include <QApplication>
#include <QFontDatabase>
#include <QFontMetricsF>

#include <cmath>

namespace maxiofs::theme {

using namespace Qt::StringLiterals;

namespace {

struct Families {
    QString text;
    QString mono;
};

Families families;
int textSizePercent = 100;

QString textFamily()
{
    // A generic name is no choice of the system's: fontconfig answers it with whatever is there.
    static const QStringList generic{u"Sans Serif"_s, u"sans-serif"_s, u"Sans"_s, u"System"_s, QString()};
    const QString system = QFontDatabase::systemFont(QFontDatabase::GeneralFont).family();
    if (!generic.contains(system, Qt::CaseInsensitive) && Typography::hasTabularDigits(system))
        return system;
    const QStringList known = QFontDatabase::families();
    for (const QString &family : {u"Noto Sans"_s, u"Cantarell"_s, u"DejaVu Sans"_s}) {
        if (known.contains(family))
            return family;
    }
    return system;
}

QString monoFamily()
{
    const QString preferred = u"JetBrains Mono"_s;
    if (QFontDatabase::families().contains(preferred))
        return preferred;
    return QFontDatabase::systemFont(QFontDatabase::FixedFont).family();
}

}  // namespace

bool Typography::hasTabularDigits(const QString &family)
{
    QFont font(family);
    font.setPixelSize(32);
    const QFontMetricsF metrics(font);
    return std::abs(metrics.horizontalAdvance(u'1') - metrics.horizontalAdvance(u'8')) < 0.01;
}

QFont Typography::font(Role role)
{
    if (families.text.isEmpty())
        families = {textFamily(), monoFamily()};
    struct Shape {
        double points;
        QFont::Weight weight;
    };
    const auto shape = [role]() -> Shape {
        switch (role) {
        case Role::Figure: return {16.5, QFont::DemiBold};
        case Role::Title: return {12, QFont::DemiBold};
        case Role::Stat: return {11.25, QFont::DemiBold};
        case Role::PanelTitle: return {9.75, QFont::DemiBold};
        case Role::Body: return {9.75, QFont::Normal};
        case Role::BodyStrong: return {9.75, QFont::DemiBold};
        case Role::Control: return {9, QFont::Medium};
        case Role::Field: return {9, QFont::Normal};
        case Role::Cell: return {9, QFont::Normal};
        case Role::CellStrong: return {9, QFont::Medium};
        case Role::Caption: return {8.25, QFont::Normal};
        case Role::CaptionStrong: return {8.25, QFont::Medium};
        case Role::KeyCap: return {7.5, QFont::Medium};
        case Role::Tag: return {6.75, QFont::DemiBold};
        case Role::Mono: return {9, QFont::Normal};
        }
        return {9.75, QFont::Normal};
    }();
    QFont font(role == Role::Mono ? families.mono : families.text);
    font.setPointSizeF(shape.points * textSizePercent / 100);
    font.setWeight(shape.weight);
    if (role == Role::Mono)
        font.setStyleHint(QFont::Monospace);
    return font;
}

void Typography::setTextSize(int percent)
{
    textSizePercent = percent;
}

int Typography::textSize()
{
    return textSizePercent;
}

int Typography::scaled(int pixels)
{
    return static_cast<int>(std::lround(pixels * textSizePercent / 100.0));
}

void Typography::install()
{
    families = {textFamily(), monoFamily()};
    QApplication::setFont(font(Role::Body));
    for (const char *control : {"QPushButton", "QToolButton", "QComboBox", "QCheckBox", "QRadioButton"})
        QApplication::setFont(font(Role::Control), control);
    QApplication::setFont(font(Role::Field), "QLineEdit");
    QApplication::setFont(font(Role::Cell), "QAbstractItemView");
    QApplication::setFont(font(Role::CaptionStrong), "QHeaderView");
    QApplication::setFont(font(Role::Caption), "QStatusBar");
    QApplication::setFont(font(Role::Cell), "QTipLabel");
    for (const char *menu : {"QMenu", "QMenuBar"})
        QApplication::setFont(font(Role::Body), menu);
}

}  // namespace maxiofs::theme
