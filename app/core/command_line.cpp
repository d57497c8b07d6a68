// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/command_line.h"

#include "core/profile.h"

#include <QCommandLineParser>
#include <QFile>

#include <algorithm>

namespace maxiofs::core {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 kLargestPasswordFile = 4096;

struct Options {
    QCommandLineOption connect{u"connect"_s, CommandLine::tr("Connect to the console at <url>."), u"url"_s};
    QCommandLineOption user{u"user"_s, CommandLine::tr("Sign in as <name>."), u"name"_s};
    QCommandLineOption passwordFile{u"password-file"_s, CommandLine::tr("Read the password from <file>."),
                                    u"file"_s};
    QCommandLineOption fingerprint{
        u"fingerprint"_s, CommandLine::tr("Trust the certificate with this SHA-256 fingerprint."), u"hex"_s};
    QCommandLineOption profile{u"profile"_s, CommandLine::tr("Open the saved connection <name>."), u"name"_s};
    QCommandLineOption version{{u"v"_s, u"version"_s}, CommandLine::tr("Print the version and end.")};
    QCommandLineOption help{{u"h"_s, u"help"_s}, CommandLine::tr("Print this help and end.")};

    void addTo(QCommandLineParser &parser) const
    {
        parser.addOptions({connect, user, passwordFile, fingerprint, profile, version, help});
        parser.setApplicationDescription(CommandLine::tr("Administers MaxIOFS clusters."));
    }
};

Error usageError(const QString &message)
{
    return {Error::InvalidArgument, message.toStdString()};
}

Result<QString> readPassword(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return failure(Error::Io, CommandLine::tr("The password file %1 cannot be read: %2.")
                                      .arg(path, file.errorString())
                                      .toStdString());
    }
    if (file.size() > kLargestPasswordFile) {
        return failure(usageError(CommandLine::tr("The password file %1 is larger than %2 bytes.")
                                      .arg(path)
                                      .arg(kLargestPasswordFile)));
    }
    QString password = QString::fromUtf8(file.readAll());
    while (password.endsWith(u'\n') || password.endsWith(u'\r'))
        password.chop(1);
    return password;
}

}  // namespace

QString normalFingerprint(const QString &text)
{
    constexpr qsizetype kDigits = 64;
    QString digits = text.toLower();
    digits.remove(u':').remove(u' ');
    const bool hex = std::ranges::all_of(
        digits, [](QChar c) { return (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f'); });
    return hex && digits.size() == kDigits ? digits : QString();
}

Result<CommandLine> CommandLine::parse(const QStringList &arguments)
{
    const Options options;
    QCommandLineParser parser;
    options.addTo(parser);
    if (!parser.parse(arguments))
        return failure(usageError(parser.errorText()));
    if (!parser.positionalArguments().isEmpty())
        return failure(usageError(tr("Unknown argument: %1").arg(parser.positionalArguments().first())));

    CommandLine line;
    line.showHelp = parser.isSet(options.help);
    line.showVersion = parser.isSet(options.version);
    line.user = parser.value(options.user);
    line.profile = parser.value(options.profile);
    if (parser.isSet(options.connect)) {
        line.connectTo = consoleAddress(parser.value(options.connect));
        if (!line.connectTo.isValid()) {
            return failure(usageError(tr("%1 is no address of a console; write it as https://host:8081.")
                                          .arg(parser.value(options.connect))));
        }
    }
    if (parser.isSet(options.fingerprint)) {
        line.fingerprint = normalFingerprint(parser.value(options.fingerprint));
        if (line.fingerprint.isEmpty())
            return failure(usageError(tr("A SHA-256 fingerprint has 64 hex digits.")));
    }
    if (line.connectTo.isEmpty() && (parser.isSet(options.user) || parser.isSet(options.passwordFile) ||
                                     parser.isSet(options.fingerprint)))
        return failure(usageError(tr("--user, --password-file and --fingerprint need --connect.")));
    if (parser.isSet(options.connect) && parser.isSet(options.profile))
        return failure(usageError(tr("Give --connect or --profile, not both.")));
    if (parser.isSet(options.passwordFile)) {
        TRY_ASSIGN(line.password, readPassword(parser.value(options.passwordFile)));
    }
    return line;
}

QString CommandLine::helpText()
{
    const Options options;
    QCommandLineParser parser;
    options.addTo(parser);
    return parser.helpText();
}

}  // namespace maxiofs::core
