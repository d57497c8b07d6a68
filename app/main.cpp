// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/command_line.h"
#include "core/settings.h"
#include "core/translation.h"
#include "history/latency_history.h"
#include "pages/main_window.h"
#include "platform/color_scheme.h"
#include "secrets/keeper.h"
#include "theme/theme.h"
#include "theme/typography.h"

#include <QApplication>
#include <QDir>
#include <QHostAddress>
#include <QStandardPaths>

#include <cstdio>

using namespace Qt::StringLiterals;
using namespace maxiofs;

namespace {

constexpr int kUsageError = 2;

void say(std::FILE *stream, const QString &text)
{
    std::fprintf(stream, "%s\n", qUtf8Printable(text));
}

bool isThisComputer(const QString &host)
{
    return host == u"localhost"_s || QHostAddress(host).isLoopback();
}

// A connection that the command line asked for: known by address and user, so that its history goes on.
core::Profile profileOf(const core::CommandLine &line)
{
    core::Profile profile;
    profile.id = u"command-line/%1@%2"_s.arg(line.user, line.connectTo.toString());
    profile.name = line.connectTo.host();
    profile.tag = isThisComputer(line.connectTo.host()) ? u"LOCAL"_s : QString();
    profile.address = line.connectTo;
    profile.user = line.user.isEmpty() ? u"admin"_s : line.user;
    profile.fingerprint = line.fingerprint;
    return profile;
}

}  // namespace

int main(int argc, char **argv)
{
    QCoreApplication::setOrganizationName(u"maxiofs"_s);
    QCoreApplication::setApplicationName(u"maxiofs-desktop"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(MAXIOFS_VERSION));
    QGuiApplication::setApplicationDisplayName(u"MaxIOFS"_s);
    QGuiApplication::setDesktopFileName(u"maxiofs-desktop"_s);

    // --help and --version need no display, and so no QApplication.
    {
        QStringList arguments;
        for (int i = 0; i < argc; ++i)
            arguments << QString::fromLocal8Bit(argv[i]);
        const auto line = core::CommandLine::parse(arguments);
        if (line && line->showVersion) {
            say(stdout, u"maxiofs-desktop %1"_s.arg(QStringLiteral(MAXIOFS_VERSION)));
            return 0;
        }
        if (line && line->showHelp) {
            const QCoreApplication application(argc, argv);
            say(stdout, core::CommandLine::helpText());
            return 0;
        }
    }

    const QApplication application(argc, argv);
    const auto line = core::CommandLine::parse(QCoreApplication::arguments());
    if (!line) {
        say(stderr, QString::fromStdString(line.error().message));
        return kUsageError;
    }

    core::installTranslations(*qApp);
    core::Settings settings;
    theme::Typography::setTextSize(settings.textSize());
    theme::Theme &theme = theme::Theme::instance();
    const platform::ColorScheme scheme;
    theme.setSystemDark(scheme.isDark());
    QObject::connect(&scheme, &platform::ColorScheme::changed, &theme, &theme::Theme::setSystemDark);
    const QString themeName = settings.themeName();
    theme.setMode(themeName == u"light"_s  ? theme::Theme::Mode::Light
                  : themeName == u"dark"_s ? theme::Theme::Mode::Dark
                                           : theme::Theme::Mode::System);
    theme.install();

    const QString dataFolder = QStandardPaths::writableLocation(QStandardPaths::AppDataLocation);
    QDir().mkpath(dataFolder);
    history::LatencyHistory history;
    if (const auto opened = history.open(dataFolder + u"/history.sqlite"_s); !opened) {
        say(stderr, QString::fromStdString(opened.error().message));
        // Charts still show what is collected from now on.
        if (const auto memory = history.open(u":memory:"_s); !memory)
            say(stderr, QString::fromStdString(memory.error().message));
    }
    secrets::Keeper keeper(dataFolder + u"/secrets.vault"_s);

    pages::MainWindow window({settings, keeper, history});
    window.show();
    QObject::connect(&keeper, &secrets::Keeper::ready, &window, [&window, &line] {
        if (!line->connectTo.isEmpty())
            window.connectTo(profileOf(*line), line->password);
        else if (!line->profile.isEmpty() && !window.openNamed(line->profile))
            say(stderr,
                QCoreApplication::translate("main", "There is no saved connection %1.").arg(line->profile));
    });
    keeper.begin();
    return QApplication::exec();
}
