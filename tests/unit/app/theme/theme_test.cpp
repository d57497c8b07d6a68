// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme/theme.h"

#include "theme/typography.h"

#include "support/test_runner.h"

#include <QApplication>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;
using namespace maxiofs::theme;

namespace theme_test {

// WCAG 2.1: relative luminance and contrast ratio.
double luminance(const QColor &color)
{
    const auto linear = [](double c) {
        return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

double contrast(const QColor &a, const QColor &b)
{
    const auto [low, high] = std::minmax(luminance(a), luminance(b));
    return (high + 0.05) / (low + 0.05);
}

}  // namespace theme_test

class ThemeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleanup();

    void textIsReadable_data();
    void textIsReadable();
    void shapesAndLinesAreVisible_data();
    void shapesAndLinesAreVisible();
    void onAccentIsReadableOnTheButton();
    void styleSheetHasNoTokenLeft();
    void systemModeFollowsTheDesktop();
    void chosenModeIgnoresTheDesktop();
    void paletteOfTheApplicationFollows();
    void chosenFamilyHasTabularDigits();
};

void ThemeTest::cleanup()
{
    Theme::instance().setMode(Theme::Mode::System);
    Theme::instance().setSystemDark(false);
}

void ThemeTest::textIsReadable_data()
{
    QTest::addColumn<bool>("dark");
    QTest::addColumn<int>("text");
    QTest::addColumn<int>("ground");

    const Token texts[] = {Token::Text,   Token::Text2,    Token::Muted,   Token::AccentText,
                           Token::OkText, Token::WarnText, Token::BadText, Token::UnkText};
    const Token grounds[] = {Token::Panel,  Token::Canvas, Token::Sidebar,
                             Token::Chrome, Token::Sel,    Token::Hover};
    for (const bool dark : {false, true}) {
        for (const Token text : texts) {
            for (const Token ground : grounds) {
                QTest::addRow("%s %s on %s", dark ? "dark" : "light", nameOf(text).data(),
                              nameOf(ground).data())
                    << dark << static_cast<int>(text) << static_cast<int>(ground);
            }
        }
    }
}

void ThemeTest::textIsReadable()
{
    QFETCH(bool, dark);
    QFETCH(int, text);
    QFETCH(int, ground);
    const auto &colors = Theme::colors(dark);

    const double ratio = theme_test::contrast(colors[static_cast<std::size_t>(text)],
                                              colors[static_cast<std::size_t>(ground)]);

    QVERIFY2(ratio >= 4.45, qPrintable(QString::number(ratio)));
}

void ThemeTest::shapesAndLinesAreVisible_data()
{
    QTest::addColumn<bool>("dark");
    QTest::addColumn<int>("mark");
    QTest::addColumn<int>("ground");

    for (const bool dark : {false, true}) {
        for (const Token shape : {Token::Ok, Token::Warn, Token::Bad, Token::Unk}) {
            for (const Token ground : {Token::Panel, Token::Sel}) {
                QTest::addRow("%s %s on %s", dark ? "dark" : "light", nameOf(shape).data(),
                              nameOf(ground).data())
                    << dark << static_cast<int>(shape) << static_cast<int>(ground);
            }
        }
        for (int line = static_cast<int>(Token::S1); line <= static_cast<int>(Token::S6); ++line) {
            QTest::addRow("%s line %s", dark ? "dark" : "light", nameOf(static_cast<Token>(line)).data())
                << dark << line << static_cast<int>(Token::Panel);
        }
    }
}

void ThemeTest::shapesAndLinesAreVisible()
{
    QFETCH(bool, dark);
    QFETCH(int, mark);
    QFETCH(int, ground);
    const auto &colors = Theme::colors(dark);

    const double ratio = theme_test::contrast(colors[static_cast<std::size_t>(mark)],
                                              colors[static_cast<std::size_t>(ground)]);

    QVERIFY2(ratio >= 3.0, qPrintable(QString::number(ratio)));
}

void ThemeTest::onAccentIsReadableOnTheButton()
{
    for (const bool dark : {false, true}) {
        const auto &colors = Theme::colors(dark);
        const double ratio = theme_test::contrast(colors[static_cast<std::size_t>(Token::OnAccent)],
                                                  colors[static_cast<std::size_t>(Token::Accent)]);
        QVERIFY2(ratio >= 4.45, qPrintable(QString::number(ratio)));
    }
}

void ThemeTest::styleSheetHasNoTokenLeft()
{
    const QString sheet = Theme::instance().styleSheet();
    const qsizetype body = sheet.indexOf(u"*/"_s);

    QVERIFY(body > 0);
    QVERIFY2(!sheet.mid(body).contains(u'@'), qPrintable(sheet.mid(sheet.indexOf(u'@', body), 40)));
}

void ThemeTest::systemModeFollowsTheDesktop()
{
    Theme::instance().setSystemDark(true);

    QVERIFY(Theme::instance().isDark());
    QCOMPARE(Theme::color(Token::Panel), QColor(u"#1F2126"_s));
}

void ThemeTest::chosenModeIgnoresTheDesktop()
{
    Theme::instance().setMode(Theme::Mode::Light);

    Theme::instance().setSystemDark(true);

    QVERIFY(!Theme::instance().isDark());
}

void ThemeTest::paletteOfTheApplicationFollows()
{
    Theme::instance().install();

    Theme::instance().setMode(Theme::Mode::Dark);

    QCOMPARE(QApplication::palette().color(QPalette::Base), Theme::color(Token::Panel));
    QCOMPARE(Theme::color(Token::Panel), QColor(u"#1F2126"_s));
    QVERIFY(qApp->styleSheet().contains(Theme::color(Token::Canvas).name()));
}

void ThemeTest::chosenFamilyHasTabularDigits()
{
    Theme::instance().install();

    QVERIFY2(Typography::hasTabularDigits(QApplication::font().family()),
             qPrintable(QApplication::font().family()));
}

MAXIOFS_TEST(ThemeTest)
#include "theme_test.moc"
