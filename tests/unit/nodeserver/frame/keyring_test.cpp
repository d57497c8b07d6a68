// SPDX-License-Identifier: GPL-3.0-or-later
#include "frame/keyring.h"

#include "base/hex.h"
#include "base/log_line.h"
#include "os/memory_file_system.h"
#include "support/golden.h"
#include "support/test_runner.h"

namespace maxiofs::frame {

namespace keyring_test {

using os::MemoryFileSystem;

const Keyring::Options kFirstStart{.directory = "/data/keys", .masterKeyFile = {}, .mayCreate = true};
const Keyring::Options kLaterStart{.directory = "/data/keys", .masterKeyFile = {}, .mayCreate = false};
constexpr std::string_view kPassphrase = "correct horse battery";

// All that a keyring's user sees of its keys.
std::string secretsOf(const Keyring &keyring)
{
    std::string secrets = toHex(keyring.recordKey());
    for (DataKeyId id = 1; id <= keyring.currentDataKey(); ++id)
        secrets += " " + toHex(*keyring.deriveKey(id, asBytes("salt"), "test"));
    return secrets;
}

constexpr std::uint64_t kVersionOffset = 8;

bool opens(MemoryFileSystem &disk, const std::string &copy)
{
    Key256 master{};
    std::ranges::copy(*os::readWholeFile(disk, "/data/keys/master", 100), master.begin());
    return openKeyring(*os::readWholeFile(disk, copy, 10'000), master).has_value();
}

Key256 filledKey(unsigned char value)
{
    Key256 key;
    key.fill(std::byte{value});
    return key;
}

KeyringContent goldenContent()
{
    KeyringContent content;
    content.generation = 7;
    content.recordKey = filledKey(0xa0);
    content.dataKeys = {{1, filledKey(0xd1)}, {2, filledKey(0xd2)}};
    return content;
}

}  // namespace keyring_test

using namespace keyring_test;

class KeyringTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { base::setLogLevel(base::LogLevel::Error); }
    void cleanupTestCase() { base::setLogLevel(base::LogLevel::Info); }

    void aFirstStartMakesKeysThatLaterStartsFind()
    {
        MemoryFileSystem disk;
        const std::string made = secretsOf(**Keyring::open(disk, kFirstStart));

        QCOMPARE(secretsOf(**Keyring::open(disk, kLaterStart)), made);
        QCOMPARE(secretsOf(**Keyring::open(disk, kFirstStart)), made);
        QCOMPARE(os::readWholeFile(disk, "/data/keys/master", 100)->size(), std::size_t(32));
    }

    void nothingIsMadeWhereDataExists()
    {
        MemoryFileSystem disk;

        QCOMPARE(Keyring::open(disk, kLaterStart).error().code, Error::NotFound);
        QVERIFY(!*disk.exists("/data/keys"));
    }

    void keysDependOnDataKeySaltAndPurpose()
    {
        MemoryFileSystem disk;
        const auto keyring = *Keyring::open(disk, kFirstStart);
        QVERIFY(keyring->rotate());
        const Key256 key = *keyring->deriveKey(1, asBytes("salt"), "blob");

        QVERIFY(key == *keyring->deriveKey(1, asBytes("salt"), "blob"));
        QVERIFY(key != *keyring->deriveKey(2, asBytes("salt"), "blob"));
        QVERIFY(key != *keyring->deriveKey(1, asBytes("salT"), "blob"));
        QVERIFY(key != *keyring->deriveKey(1, asBytes("salt"), "segment"));
        QCOMPARE(keyring->deriveKey(3, asBytes("salt"), "blob").error().code, Error::NotFound);
    }

    void aDamagedOrMissingCopyIsMended()
    {
        for (const char *copy : {"/data/keys/keyring", "/data/keys/keyring.2"}) {
            MemoryFileSystem disk;
            const std::string made = secretsOf(**Keyring::open(disk, kFirstStart));
            const auto size = os::readWholeFile(disk, copy, 10'000)->size();
            for (std::uint64_t at = 0; at <= size; ++at) {
                if (at == kVersionOffset || at == kVersionOffset + 1)
                    continue;  // see aNewerVersionIsRefused
                if (at == size)
                    QVERIFY(disk.remove(copy));
                else
                    QVERIFY(disk.flipByte(copy, at));
                QCOMPARE(secretsOf(**Keyring::open(disk, kLaterStart)), made);
                QVERIFY(opens(disk, copy));
            }
        }
    }

    void twoDamagedCopiesAreCorrupt()
    {
        MemoryFileSystem disk;
        QVERIFY(Keyring::open(disk, kFirstStart));
        QVERIFY(disk.flipByte("/data/keys/keyring", 50));
        QVERIFY(disk.flipByte("/data/keys/keyring.2", 60));

        QCOMPARE(Keyring::open(disk, kFirstStart).error().code, Error::Corrupt);
    }

    void anotherOrNoMasterKeyOpensNothing()
    {
        MemoryFileSystem disk;
        QVERIFY(Keyring::open(disk, kFirstStart));
        QVERIFY(disk.flipByte("/data/keys/master", 0));
        QCOMPARE(Keyring::open(disk, kFirstStart).error().code, Error::Corrupt);

        QVERIFY(disk.remove("/data/keys/master"));
        QCOMPARE(Keyring::open(disk, kFirstStart).error().code, Error::NotFound);
        QVERIFY(!*disk.exists("/data/keys/master"));
    }

    void aFullDiskDoesNotKeepOneCopyFromServing()
    {
        MemoryFileSystem disk;
        const std::string made = secretsOf(**Keyring::open(disk, kFirstStart));
        QVERIFY(disk.flipByte("/data/keys/keyring", 50));
        disk.limitSpace(0);

        QCOMPARE(secretsOf(**Keyring::open(disk, kLaterStart)), made);
    }

    void aMasterKeyElsewhereIsReadAndNeverWritten()
    {
        MemoryFileSystem disk;
        auto options = kFirstStart;
        options.masterKeyFile = "/etc/master";
        QCOMPARE(Keyring::open(disk, options).error().code, Error::NotFound);
        QVERIFY(disk.createDirectories("/etc"));
        QVERIFY(os::replaceFile(disk, "/etc/master", asBytes("too short")));
        QCOMPARE(Keyring::open(disk, options).error().code, Error::Corrupt);
        QVERIFY(os::replaceFile(disk, "/etc/master", asBytes(std::string(64, 'a') + "\n")));

        const auto keyring = *Keyring::open(disk, options);
        QVERIFY(keyring->rotate());
        const std::string rotated = secretsOf(*keyring);

        QCOMPARE(os::readWholeFile(disk, "/etc/master", 100)->size(), std::size_t(65));
        QVERIFY(!*disk.exists("/data/keys/master"));
        QVERIFY(os::replaceFile(disk, "/etc/master", filledKey(0xaa)));  // the same key in binary
        QCOMPARE(secretsOf(**Keyring::open(disk, options)), rotated);
    }

    void rotationAddsADataKeyAndKeepsTheOldOnes()
    {
        MemoryFileSystem disk;
        const auto keyring = *Keyring::open(disk, kFirstStart);
        const std::string before = secretsOf(*keyring);
        const Bytes master = *os::readWholeFile(disk, "/data/keys/master", 100);

        QVERIFY(keyring->rotate());

        QCOMPARE(keyring->currentDataKey(), DataKeyId(2));
        QVERIFY(secretsOf(*keyring).starts_with(before + " "));
        QVERIFY(*os::readWholeFile(disk, "/data/keys/master", 100) != master);
        QCOMPARE(secretsOf(**Keyring::open(disk, kLaterStart)), secretsOf(*keyring));
    }

    void aRotationSurvivesACrashAtEveryPoint()
    {
        constexpr std::uint64_t kMostChanges = 40;  // a rotation makes fewer
        int kept = 0;
        int rotated = 0;
        for (std::uint64_t seed = 0; seed < 50 * kMostChanges; ++seed) {
            MemoryFileSystem disk(seed);
            const auto keyring = *Keyring::open(disk, kFirstStart);
            QVERIFY(keyring->rotate());
            disk.syncAll();
            const std::string before = secretsOf(*keyring);
            disk.stopAfter(seed % kMostChanges);
            const Status done = keyring->rotate();
            const bool inUse = keyring->currentDataKey() == 3;
            QVERIFY(inUse || !done);
            MemoryFileSystem::Random random(seed);
            auto after = disk.crash(random);

            // A key that was in use is never lost, and a crash during the mending loses nothing either.
            after->stopAfter(random() % 8);
            [[maybe_unused]] const auto interrupted = Keyring::open(*after, kLaterStart);
            after = after->crash(random);
            const auto opened = Keyring::open(*after, kLaterStart);
            QVERIFY2(opened, std::to_string(seed).c_str());
            const std::string found = secretsOf(**opened);
            QVERIFY2(found.starts_with(before), std::to_string(seed).c_str());
            QVERIFY2(!inUse || found == secretsOf(*keyring), std::to_string(seed).c_str());
            ++(found == before ? kept : rotated);
            QVERIFY((*opened)->rotate());
            QVERIFY(!*after->exists("/data/keys/master.new"));
        }
        QVERIFY(kept > 100 && rotated > 100);
    }

    void aRotationThatFailsCanBeRepeatedAndCrash()
    {
        for (std::uint64_t seed = 0; seed < 1000; ++seed) {
            MemoryFileSystem disk(seed);
            const auto keyring = *Keyring::open(disk, kFirstStart);
            disk.syncAll();
            MemoryFileSystem::Random random(seed);
            for (const auto operation :
                 {os::Operation::Sync, os::Operation::Rename, os::Operation::SyncDirectory})
                disk.inject({.operation = operation, .nth = 1 + random() % 9});
            for (int i = 0; i < 3; ++i) [[maybe_unused]]
                const Status attempt = keyring->rotate();
            const std::string inUse = secretsOf(*keyring);
            disk.stopAfter(random() % 40);
            [[maybe_unused]] const Status attempt = keyring->rotate();

            const auto after = disk.crash(random);
            const auto opened = Keyring::open(*after, kLaterStart);
            QVERIFY2(opened && secretsOf(**opened).starts_with(inUse), std::to_string(seed).c_str());
        }
    }

    void aFirstStartSurvivesACrashAtEveryPoint()
    {
        for (std::uint64_t seed = 0; seed < 1000; ++seed) {
            MemoryFileSystem disk(seed);
            disk.stopAfter(seed % 16);
            const auto made = Keyring::open(disk, kFirstStart);
            MemoryFileSystem::Random random(seed);
            const auto after = disk.crash(random);
            const bool mustBeThere = made.has_value();

            const auto opened =
                Keyring::open(*after, {.directory = "/data/keys", .masterKeyFile = {}, .mayCreate = true});
            QVERIFY2(opened, std::to_string(seed).c_str());
            // "/data" is the node's to sync; where it survived, so did the keys.
            if (mustBeThere && *after->exists("/data/keys/keyring"))
                QCOMPARE(secretsOf(**opened), secretsOf(**made));
        }
    }

    void aBundleBringsTheKeysBack()
    {
        MemoryFileSystem disk;
        const auto keyring = *Keyring::open(disk, kFirstStart);
        QVERIFY(keyring->rotate());
        const Bytes bundle = *keyring->exportBundle(kPassphrase);
        QCOMPARE(keyring->exportBundle("short").error().code, Error::InvalidArgument);
        QCOMPARE(Keyring::importBundle(disk, kFirstStart, bundle, kPassphrase).error().code,
                 Error::AlreadyExists);

        MemoryFileSystem other;
        QCOMPARE(Keyring::importBundle(other, kFirstStart, bundle, "wrong horse").error().code,
                 Error::Unauthenticated);
        QVERIFY(Keyring::importBundle(other, kFirstStart, bundle, kPassphrase));

        QCOMPARE(secretsOf(**Keyring::open(other, kLaterStart)), secretsOf(*keyring));
    }

    void theFormatsAreThoseOfTheGoldenFiles()
    {
        const Bytes keyring = sealKeyring(goldenContent(), filledKey(0x11), filledKey(0x22));
        const Bytes bundle =
            sealBundle(goldenContent(), kPassphrase, {.logN = 10, .r = 8, .p = 1}, filledKey(0x33));

        QVERIFY(test::goldenFile("keyring-v1.bin", keyring) == keyring);
        QVERIFY(test::goldenFile("key-bundle-v1.bin", bundle) == bundle);
        QVERIFY(*openKeyring(keyring, filledKey(0x11)) == goldenContent());
        QVERIFY(*openBundle(bundle, kPassphrase) == goldenContent());
    }

    void aNewerVersionIsRefused()
    {
        Bytes keyring = sealKeyring(goldenContent(), filledKey(0x11), filledKey(0x22));
        Bytes bundle = sealBundle(goldenContent(), kPassphrase, {.logN = 4, .r = 1, .p = 1}, filledKey(0x33));
        keyring[8] = bundle[8] = std::byte{2};

        QCOMPARE(openKeyring(keyring, filledKey(0x11)).error().code, Error::Unsupported);
        QCOMPARE(openBundle(bundle, kPassphrase).error().code, Error::Unsupported);
    }

    void aDamagedBundleIsRefusedWhateverItAsksFor()
    {
        const Bytes bundle =
            sealBundle(goldenContent(), kPassphrase, {.logN = 4, .r = 1, .p = 1}, filledKey(0x33));
        for (std::size_t size = 0; size < bundle.size(); ++size)
            QVERIFY(!openBundle(ByteView(bundle).first(size), kPassphrase));
        for (std::size_t at = 0; at < bundle.size(); ++at) {
            Bytes damaged = bundle;
            damaged[at] ^= std::byte{0x80};  // in the cost: more memory than any passphrase may need
            QVERIFY(!openBundle(damaged, kPassphrase));
        }
    }
};

MAXIOFS_TEST(KeyringTest)

}  // namespace maxiofs::frame

#include "keyring_test.moc"
