// SPDX-License-Identifier: GPL-3.0-or-later
#include "secrets/keeper.h"
#include "secrets/vault_store.h"

#include "support/test_runner.h"

#include <QFile>
#include <QFileInfo>
#include <QSignalSpy>
#include <QTemporaryDir>

using namespace Qt::StringLiterals;
using namespace maxiofs::secrets;
using maxiofs::core::Problem;

namespace vault_store_test {

std::optional<QString> readOf(SecretStore &store, const QString &key)
{
    std::optional<QString> value;
    store.read(key, [&value](auto answer) {
        if (answer)
            value = *answer;
    });
    return value;
}

bool writeTo(SecretStore &store, const QString &key, const QString &secret)
{
    bool done = false;
    store.write(key, secret, [&done](auto answer) { done = answer.has_value(); });
    return done;
}

}  // namespace vault_store_test

using vault_store_test::readOf;
using vault_store_test::writeTo;

class VaultStoreTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void secretsSurviveARestart();
    void wrongPassphraseOpensNothing();
    void flippedBitIsNoticed();
    void fileShowsNoSecretAndIsItsOwnersOnly();
    void removedSecretIsGone();
    void foreignFileIsRefused();
    void createDoesNotOverwrite();
    void unwritableFolderIsAnError();
    void keeperOffersTheVaultWhereThereIsNoKeyStore();

private:
    [[nodiscard]] QString path() const
    {
        return m_folder.filePath(QString::fromLatin1(QTest::currentTestFunction()));
    }

    QTemporaryDir m_folder;
};

void VaultStoreTest::secretsSurviveARestart()
{
    {
        auto vault = VaultStore::create(path(), u"correct horse"_s);
        QVERIFY(vault.has_value());
        QVERIFY(writeTo(**vault, u"password/a"_s, u"hünter2"_s));
    }

    auto vault = VaultStore::open(path(), u"correct horse"_s);

    QVERIFY(vault.has_value());
    QCOMPARE(readOf(**vault, u"password/a"_s), std::optional(u"hünter2"_s));
    QCOMPARE(readOf(**vault, u"password/b"_s), std::nullopt);
}

void VaultStoreTest::wrongPassphraseOpensNothing()
{
    QVERIFY(VaultStore::create(path(), u"one"_s).has_value());

    const auto vault = VaultStore::open(path(), u"two"_s);

    QVERIFY(!vault.has_value());
    QCOMPARE(vault.error().kind, Problem::Kind::Unauthorized);
}

void VaultStoreTest::flippedBitIsNoticed()
{
    {
        auto vault = VaultStore::create(path(), u"one"_s);
        QVERIFY(writeTo(**vault, u"k"_s, u"v"_s));
    }
    QFile file(path());
    QVERIFY(file.open(QIODevice::ReadWrite));
    QByteArray bytes = file.readAll();
    bytes.back() = static_cast<char>(bytes.back() ^ 1);
    file.seek(0);
    file.write(bytes);
    file.close();

    QVERIFY(!VaultStore::open(path(), u"one"_s).has_value());
}

void VaultStoreTest::fileShowsNoSecretAndIsItsOwnersOnly()
{
    auto vault = VaultStore::create(path(), u"one"_s);
    QVERIFY(writeTo(**vault, u"password/visible"_s, u"plainly"_s));

    QFile file(path());
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray bytes = file.readAll();
    QVERIFY(bytes.startsWith("MXFVAULT\x01"));
    QVERIFY(!bytes.contains("plainly"));
    QVERIFY(!bytes.contains("visible"));
    const auto others =
        QFileDevice::ReadGroup | QFileDevice::WriteGroup | QFileDevice::ReadOther | QFileDevice::WriteOther;
    QCOMPARE(QFileInfo(path()).permissions() & others, QFileDevice::Permissions());
}

void VaultStoreTest::removedSecretIsGone()
{
    {
        auto vault = VaultStore::create(path(), u"one"_s);
        QVERIFY(writeTo(**vault, u"k"_s, u"v"_s));
        bool removed = false;
        (*vault)->remove(u"k"_s, [&removed](auto answer) { removed = answer.has_value(); });
        QVERIFY(removed);
    }

    auto vault = VaultStore::open(path(), u"one"_s);

    QCOMPARE(readOf(**vault, u"k"_s), std::nullopt);
}

void VaultStoreTest::foreignFileIsRefused()
{
    QFile file(path());
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray(200, 'x'));
    file.close();

    const auto vault = VaultStore::open(path(), u"one"_s);

    QVERIFY(!vault.has_value());
    QCOMPARE(vault.error().kind, Problem::Kind::Local);
}

void VaultStoreTest::createDoesNotOverwrite()
{
    QVERIFY(VaultStore::create(path(), u"one"_s).has_value());

    QVERIFY(!VaultStore::create(path(), u"two"_s).has_value());

    QVERIFY(VaultStore::open(path(), u"one"_s).has_value());
}

void VaultStoreTest::unwritableFolderIsAnError()
{
    const auto vault = VaultStore::create(u"/nonexistent/folder/vault"_s, u"one"_s);

    QVERIFY(!vault.has_value());
    QVERIFY(vault.error().summary.contains(u"/nonexistent/folder/vault"_s));
}

void VaultStoreTest::keeperOffersTheVaultWhereThereIsNoKeyStore()
{
    qunsetenv("XDG_CURRENT_DESKTOP");
    qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
    Keeper keeper(path());
    QSignalSpy ready(&keeper, &Keeper::ready);
    keeper.begin();
    QTRY_COMPARE(ready.count(), 1);
    QVERIFY(!keeper.store().isLasting());
    QVERIFY(keeper.offersVault());

    QVERIFY(keeper.unlockVault(u"one"_s).has_value());

    QVERIFY(keeper.store().isLasting());
    QVERIFY(!keeper.offersVault());
    QVERIFY(keeper.vaultExists());
}

MAXIOFS_TEST(VaultStoreTest)
#include "vault_store_test.moc"
