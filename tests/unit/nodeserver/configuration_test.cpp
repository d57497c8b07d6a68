// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_runner.h"

#include "configuration.h"

#include <QFile>
#include <QTemporaryDir>

#include <map>

namespace maxiofs::test {

using namespace Qt::StringLiterals;

class ConfigurationTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void flagWinsOverEnvironmentOverFile();
    void unknownNamesAreRefused_data();
    void unknownNamesAreRefused();
    void dataDirectoryIsNeeded();
    void domainsMayBeRepeatedAndListed();
    void secretsComeFromTheEnvironmentAlone();
    void commandsOfAStoppedNode();
    void helpNamesEverySetting();
};

namespace {

using Values = std::map<std::string, std::string>;

Result<Invocation> read(const QStringList &arguments, const Values &environment = {})
{
    return readInvocation(arguments, [&environment](const std::string &name) {
        const auto found = environment.find(name);
        return found == environment.end() ? std::nullopt : std::optional(found->second);
    });
}

void writeFile(const QString &path, const QByteArray &text)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text);
}

}  // namespace

void ConfigurationTest::flagWinsOverEnvironmentOverFile()
{
    const QTemporaryDir data;
    writeFile(data.filePath(u"maxiofs.conf"_s), "listen=:1\nconsole-listen=:2\nlog-level=debug\n");

    const auto invocation = read({u"--data-dir"_s, data.path(), u"--listen=:30"_s},
                                 {{"MAXIOFS_LISTEN", ":20"}, {"MAXIOFS_CONSOLE_LISTEN", ":21"}});

    QVERIFY(invocation);
    QCOMPARE(invocation->configuration.listen, std::string(":30"));
    QCOMPARE(invocation->configuration.consoleListen, std::string(":21"));
    QVERIFY(invocation->configuration.logLevel == base::LogLevel::Debug);
}

void ConfigurationTest::unknownNamesAreRefused_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("named");
    QTest::newRow("option") << QStringList{u"--data-dir"_s, u"d"_s, u"--colour"_s, u"red"_s} << u"--colour"_s;
    QTest::newRow("command") << QStringList{u"--data-dir"_s, u"d"_s, u"dance"_s} << u"dance"_s;
    QTest::newRow("level") << QStringList{u"--data-dir"_s, u"d"_s, u"--log-level"_s, u"loud"_s} << u"loud"_s;
    QTest::newRow("number") << QStringList{u"--data-dir"_s, u"d"_s, u"--drain-seconds"_s, u"-1"_s} << u"-1"_s;
    QTest::newRow("no value") << QStringList{u"--data-dir"_s} << u"--data-dir"_s;
    QTest::newRow("half a certificate")
        << QStringList{u"--data-dir"_s, u"d"_s, u"--tls-cert"_s, u"c"_s} << u"--tls-key"_s;
}

void ConfigurationTest::unknownNamesAreRefused()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, named);

    const auto invocation = read(arguments);

    QVERIFY(!invocation);
    QVERIFY2(invocation.error().message.find(named.toStdString()) != std::string::npos,
             invocation.error().message.c_str());
}

void ConfigurationTest::dataDirectoryIsNeeded()
{
    const auto invocation = read({});

    QVERIFY(!invocation);
    QVERIFY(invocation.error().message.starts_with("--data-dir"));
}

void ConfigurationTest::domainsMayBeRepeatedAndListed()
{
    const auto invocation = read(
        {u"--data-dir=d"_s, u"--s3-domain"_s, u"A.example, b.example"_s, u"--s3-domain"_s, u"c.example"_s});

    const std::vector<std::string> domains{"a.example", "b.example", "c.example"};
    QVERIFY(invocation && invocation->configuration.s3Domains == domains);
}

void ConfigurationTest::secretsComeFromTheEnvironmentAlone()
{
    const auto invocation =
        read({u"--data-dir=d"_s},
             {{"MAXIOFS_ADMIN_PASSWORD", "a"}, {"MAXIOFS_ACCESS_KEY", "b"}, {"MAXIOFS_SECRET_KEY", "c"}});

    QCOMPARE(invocation->configuration.adminPassword, std::string("a"));
    QCOMPARE(invocation->configuration.accessKey, std::string("b"));
    QCOMPARE(invocation->configuration.secretKey, std::string("c"));
    QVERIFY(!read({u"--data-dir=d"_s, u"--admin-password"_s, u"a"_s}));
}

void ConfigurationTest::commandsOfAStoppedNode()
{
    using Command = Invocation::Command;

    QVERIFY(read({u"--version"_s})->command == Command::Version);
    QVERIFY(read({u"--data-dir=d"_s})->command == Command::Serve);
    QVERIFY(read({u"--data-dir=d"_s, u"keys"_s, u"rotate"_s})->command == Command::RotateKeys);
    const auto reset = read({u"--data-dir=d"_s, u"admin"_s, u"reset-password"_s, u"maria"_s});
    QVERIFY(reset->command == Command::ResetPassword);
    QCOMPARE(reset->argument, std::string("maria"));
    QVERIFY(!read({u"--data-dir=d"_s, u"keys"_s, u"export"_s}));
}

void ConfigurationTest::helpNamesEverySetting()
{
    const auto invocation = read({u"--help"_s});

    for (const char *name : {"--data-dir", "--listen", "--console-listen", "--log-level", "--config",
                             "--advertise", "--tls-cert", "--tls-key", "--keys-dir"})
        QVERIFY2(invocation->helpText.find(name) != std::string::npos, name);
}

}  // namespace maxiofs::test

using maxiofs::test::ConfigurationTest;
MAXIOFS_TEST(ConfigurationTest)
#include "configuration_test.moc"
