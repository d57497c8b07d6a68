// SPDX-License-Identifier: GPL-3.0-or-later
#include "identity/first_start.h"

#include "identity/admin_commands.h"
#include "identity_fixture.h"
#include "support/test_runner.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace maxiofs::identity {

using fixture::TestDirectory;

class FirstStartTest : public QObject {
    Q_OBJECT

private:
    static FirstStart optionsOf(const TestDirectory &directory)
    {
        FirstStart options;
        options.dataDirectory = directory.folder();
        return options;
    }
    static QString passwordFile(const TestDirectory &directory)
    {
        return QString::fromStdString(directory.folder()) + u"/initial-admin-password"_s;
    }

private Q_SLOTS:
    void aRandomPasswordIsKeptUntilItIsChanged()
    {
        TestDirectory directory;
        const auto first = prepareFirstStart(os::posixFileSystem(), *directory, optionsOf(directory)).value();
        QVERIFY(first.adminMade);
        QCOMPARE(first.randomPassword.size(), 20);
        QFile file(passwordFile(directory));
        QCOMPARE(file.permissions() & (QFileDevice::ReadGroup | QFileDevice::ReadOther),
                 QFileDevice::Permissions());
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll().toStdString(), first.randomPassword + "\n");
        QVERIFY(directory->sessions().login("admin", first.randomPassword, "x").has_value());

        directory.reopen();
        const auto second =
            prepareFirstStart(os::posixFileSystem(), *directory, optionsOf(directory)).value();
        QVERIFY(!second.adminMade);
        QVERIFY(second.randomPassword.empty());
        QCOMPARE(second.passwordFile, first.passwordFile);

        QVERIFY(directory->changePassword(kAdminId, "my own password").has_value());
        QVERIFY(forgetInitialPassword(os::posixFileSystem(), directory.folder()).has_value());
        QVERIFY(!file.exists());
        QVERIFY(forgetInitialPassword(os::posixFileSystem(), directory.folder()).has_value());
        QVERIFY(
            prepareFirstStart(os::posixFileSystem(), *directory, optionsOf(directory))->passwordFile.empty());
    }

    void aGivenPasswordLeavesNoFile()
    {
        TestDirectory directory;
        FirstStart options = optionsOf(directory);
        options.adminPassword = "given by the operator";
        const auto answer = prepareFirstStart(os::posixFileSystem(), *directory, options).value();

        QVERIFY(answer.adminMade && answer.randomPassword.empty() && answer.passwordFile.empty());
        QVERIFY(!QFile::exists(passwordFile(directory)));
        const auto tokens = directory->sessions().login("admin", "given by the operator", "x");
        QCOMPARE(tokens->user->id, std::string("admin"));
        QVERIFY(tokens->user->has(Role::Admin));
    }

    void aWeakGivenPasswordIsRefused()
    {
        TestDirectory directory;
        FirstStart options = optionsOf(directory);
        options.adminPassword = "short";
        QCOMPARE(prepareFirstStart(os::posixFileSystem(), *directory, options).error().code,
                 Error::InvalidArgument);
        QVERIFY(directory->users().find(kAdminId) == nullptr);
    }

    void theFirstKeyComesOnce()
    {
        TestDirectory directory;
        FirstStart options = optionsOf(directory);
        options.accessKey = "MYACCESSKEY";
        options.secretKey = "my-secret-key";
        for (int start = 0; start < 2; ++start)
            QVERIFY(prepareFirstStart(os::posixFileSystem(), *directory, options).has_value());
        QVERIFY(directory->keys().findSigner("MYACCESSKEY", "20251213", "r")->key ==
                sigv4::signingKey("my-secret-key", "20251213", "r"));

        options.secretKey.clear();
        QCOMPARE(prepareFirstStart(os::posixFileSystem(), *directory, options).error().code,
                 Error::InvalidArgument);
    }

    void resetPasswordLetsALockedOutUserIn()
    {
        TestDirectory directory;
        directory.addUser("root", Role::Admin);
        const UserPtr ann = directory.addUser("ann");
        const Tokens tokens = directory.login("ann");
        UserEdit disable;
        disable.status = UserStatus::Disabled;
        QVERIFY(directory->users().edit(ann->id, disable).has_value());

        const auto password =
            resetPassword(os::posixFileSystem(), *directory, directory.folder(), "ann").value();

        QVERIFY(directory->sessions().login("ann", password, "x").has_value());
        QVERIFY(!directory->sessions().authenticate(tokens.access).has_value());
        QCOMPARE(resetPassword(os::posixFileSystem(), *directory, directory.folder(), "bob").error().code,
                 Error::NotFound);
    }

    void theDumpHasRecordsButNoSecrets()
    {
        TestDirectory directory;
        const UserPtr ann = directory.addUser("ann");
        const Tokens tokens = directory.login("ann");
        QVERIFY(directory->keys().create({ann->id, "MYKEY", "visible-secret", {}}).has_value());

        const QByteArray dump = dumpRecords(directory.records()).value();

        const QJsonObject object = QJsonDocument::fromJson(dump).object();
        QCOMPARE(object.value("users"_L1).toArray().size(), 1);
        QCOMPARE(object.value("access_keys"_L1).toArray()[0].toObject().value("id"_L1).toString(),
                 u"MYKEY"_s);
        QCOMPARE(object.value("sessions"_L1).toArray().size(), 1);
        for (const char *secret : {"visible-secret", "scrypt", "refresh_sha256"})
            QVERIFY(!dump.contains(secret));
    }
};

MAXIOFS_TEST(FirstStartTest)

}  // namespace maxiofs::identity

#include "first_start_test.moc"
