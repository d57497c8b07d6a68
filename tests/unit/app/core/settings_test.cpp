// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/command_line.h"
#include "core/settings.h"

#include "support/test_runner.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>

using namespace Qt::StringLiterals;
using namespace maxiofs::core;

namespace settings_test {

Profile prodProfile()
{
    return {
        .id = u"id-1"_s,
        .name = u"prod-eu"_s,
        .tag = u"PROD"_s,
        .address = QUrl(u"https://fra-1.example.net:8081"_s),
        .user = u"maria"_s,
        .fingerprint = u"3a"_s.repeated(32),
        .keepPassword = true,
        .lastUsedMs = 17,
        .members = {{.name = u"fra, 2"_s,
                     .address = QUrl(u"https://fra-2.example.net:8081"_s),
                     .fingerprint = u"4b"_s.repeated(32)},
                    {.name = u"ams-1"_s, .address = QUrl(u"https://10.0.0.3:9081"_s), .fingerprint = {}}}};
}

}  // namespace settings_test

class SettingsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void profilesSurviveARestart();
    void savingAgainReplaces();
    void removedProfileIsGone();
    void damagedProfileIsPassedOver();
    void unknownThemeIsTheSystems();
    void addressesAreCompleted_data();
    void addressesAreCompleted();
    void commandLineReadsThePasswordFromAFile();
    void commandLineRefusals_data();
    void commandLineRefusals();
    void fingerprintsAreTakenAsPeopleWriteThem();

private:
    [[nodiscard]] QString path() const
    {
        return m_folder.filePath(QString::fromLatin1(QTest::currentTestFunction()));
    }

    QTemporaryDir m_folder;
};

void SettingsTest::profilesSurviveARestart()
{
    const Profile profile = settings_test::prodProfile();
    Settings(path()).saveProfile(profile);

    const QList<Profile> read = Settings(path()).profiles();

    QCOMPARE(read.size(), 1);
    QVERIFY(read.first() == profile);
}

void SettingsTest::savingAgainReplaces()
{
    Settings settings(path());
    Profile profile = settings_test::prodProfile();
    settings.saveProfile(profile);
    QSignalSpy changes(&settings, &Settings::profilesChanged);

    settings.saveProfile(profile);
    QCOMPARE(changes.count(), 0);
    profile.name = u"prod"_s;
    settings.saveProfile(profile);

    QCOMPARE(changes.count(), 1);
    QCOMPARE(settings.profiles().size(), 1);
    QCOMPARE(settings.profile(u"id-1"_s)->name, u"prod"_s);
}

void SettingsTest::removedProfileIsGone()
{
    Settings settings(path());
    settings.saveProfile(settings_test::prodProfile());
    Profile second = settings_test::prodProfile();
    second.id = u"id-2"_s;
    settings.saveProfile(second);

    settings.removeProfile(u"id-1"_s);

    QCOMPARE(Settings(path()).profiles().size(), 1);
    QVERIFY(!settings.profile(u"id-1"_s));
}

void SettingsTest::damagedProfileIsPassedOver()
{
    {
        QFile file(path());
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(
            "[connections]\n1\\id=a\n1\\address=:::\n2\\id=b\n2\\address=\"https://x:8081\"\nsize=2\n");
    }

    const QList<Profile> read = Settings(path()).profiles();

    QCOMPARE(read.size(), 1);
    QCOMPARE(read.first().id, u"b"_s);
}

void SettingsTest::unknownThemeIsTheSystems()
{
    Settings settings(path());
    QCOMPARE(settings.themeName(), u"system"_s);
    settings.setThemeName(u"purple"_s);
    QCOMPARE(settings.themeName(), u"system"_s);
    settings.setThemeName(u"dark"_s);
    QCOMPARE(settings.themeName(), u"dark"_s);
}

void SettingsTest::addressesAreCompleted_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("address");

    QTest::newRow("host") << u"fra-1.example.net"_s << u"https://fra-1.example.net:8081"_s;
    QTest::newRow("host and port") << u" 127.0.0.1:9001 "_s << u"https://127.0.0.1:9001"_s;
    QTest::newRow("whole") << u"http://localhost:8081/"_s << u"http://localhost:8081"_s;
    QTest::newRow("IPv6") << u"[::1]"_s << u"https://[::1]:8081"_s;
    QTest::newRow("empty") << u""_s << u""_s;
    QTest::newRow("other scheme") << u"ftp://x"_s << u""_s;
    QTest::newRow("password in it") << u"https://a:b@x"_s << u""_s;
    QTest::newRow("space") << u"a b"_s << u""_s;
}

void SettingsTest::addressesAreCompleted()
{
    QFETCH(QString, text);
    QTEST(consoleAddress(text).toString(), "address");
}

void SettingsTest::commandLineReadsThePasswordFromAFile()
{
    {
        QFile file(path());
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("s3cr et\n");
    }

    const auto line = CommandLine::parse({u"maxiofs-desktop"_s, u"--connect"_s, u"https://localhost:8081"_s,
                                          u"--user"_s, u"admin"_s, u"--password-file"_s, path(),
                                          u"--fingerprint"_s, u"AB:"_s.repeated(32).chopped(1)});

    QVERIFY(line.has_value());
    QCOMPARE(line->password, u"s3cr et"_s);
    QCOMPARE(line->user, u"admin"_s);
    QCOMPARE(line->connectTo, QUrl(u"https://localhost:8081"_s));
    QCOMPARE(line->fingerprint, u"ab"_s.repeated(32));
}

void SettingsTest::commandLineRefusals_data()
{
    QTest::addColumn<QStringList>("arguments");

    QTest::newRow("unknown option") << QStringList{u"--password"_s, u"x"_s};
    QTest::newRow("stray word") << QStringList{u"fra-1"_s};
    QTest::newRow("no address") << QStringList{u"--connect"_s, u"a b"_s};
    QTest::newRow("short fingerprint") << QStringList{u"--connect"_s, u"x"_s, u"--fingerprint"_s, u"abc"_s};
    QTest::newRow("user of nothing") << QStringList{u"--user"_s, u"admin"_s};
    QTest::newRow("missing password file")
        << QStringList{u"--connect"_s, u"x"_s, u"--password-file"_s, u"/nonexistent/file"_s};
    QTest::newRow("two targets") << QStringList{u"--connect"_s, u"x"_s, u"--profile"_s, u"lab"_s};
}

void SettingsTest::commandLineRefusals()
{
    QFETCH(QStringList, arguments);

    const auto line = CommandLine::parse(QStringList{u"maxiofs-desktop"_s} + arguments);

    QVERIFY(!line.has_value());
    QVERIFY(!line.error().message.empty());
}

void SettingsTest::fingerprintsAreTakenAsPeopleWriteThem()
{
    QCOMPARE(normalFingerprint(u"3A 9F "_s.repeated(16)), u"3a9f"_s.repeated(16));
    QCOMPARE(normalFingerprint(u"3g"_s.repeated(32)), QString());
    QCOMPARE(normalFingerprint(u"3a"_s.repeated(31)), QString());
}

MAXIOFS_TEST(SettingsTest)
#include "settings_test.moc"
