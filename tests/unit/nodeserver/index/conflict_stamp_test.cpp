// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/conflict_stamp.h"

#include "index/key_codec.h"
#include "index_samples.h"
#include "support/test_runner.h"

namespace maxiofs::index {

class ConflictStampTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aNameGivesItsIdBack()
    {
        samples::RandomKeys random(samples::newSeed());
        for (int i = 0; i < 1000; ++i) {
            const Stamp stamp{random.engine()(), Id128::random()};
            const Stamp id = conflictStampOf(stamp);

            QVERIFY(isConflict(id) && !isConflict(stamp));
            QCOMPARE(id.time, stamp.time);
            QVERIFY(conflictStampOf(id) == id);
            QCOMPARE(conflictNameOf(id), conflictNameOf(stamp));
            QVERIFY(conflictStampOfName(conflictNameOf(stamp)) == id);
        }
    }

    void otherTextsAreNoNames()
    {
        const std::string name = conflictNameOf(samples::stampAt(1));
        QVERIFY(conflictStampOfName(name));
        for (std::size_t i = 0; i < name.size(); ++i) {
            std::string wrong = name;
            wrong[i] = 'X';
            QVERIFY(!conflictStampOfName(wrong));
            QVERIFY(!conflictStampOfName(name.substr(0, i)));
        }
        QVERIFY(!conflictStampOfName(name + "0"));
        QVERIFY(!conflictStampOfName("null"));
    }

    void conflictVersionsComeBehindAllOthers()
    {
        const Stamp old = samples::stampAt(1);
        const Stamp newer = samples::stampAt(900);
        const std::vector<Stamp> order{newer, old, conflictStampOf(newer), conflictStampOf(old)};

        for (std::size_t i = 0; i < order.size(); ++i) {
            for (std::size_t j = 0; j < order.size(); ++j) {
                QVERIFY(orderOfVersions(order[i], order[j]) == (i <=> j));
                QVERIFY((versionKey(m_bucket, "k", order[i]) <=> versionKey(m_bucket, "k", order[j])) ==
                        (i <=> j));
            }
        }
    }

    void keysOfConflictVersionsGiveTheirPartsBack()
    {
        samples::RandomKeys random(samples::newSeed());
        for (int i = 0; i < 5000; ++i) {
            const std::string key = random.key();
            const Stamp id = conflictStampOf({random.engine()(), Id128::random()});
            const std::string encoded = versionKey(m_bucket, key, id);

            QVERIFY(encoded.size() == versionKey(m_bucket, key, samples::stampAt(1)).size());
            QVERIFY(encoded > beyondVersions(m_bucket, key));
            QVERIFY(versionKey(m_bucket, key, samples::stampAt(1)) < beyondVersions(m_bucket, key));
            const auto decoded = ConflictKey::decode(encoded);
            QVERIFY(decoded && decoded->bucket == m_bucket && decoded->key == key && decoded->version == id);
        }
        QVERIFY(!ConflictKey::decode(versionKey(m_bucket, "k", samples::stampAt(1))));
        QVERIFY(!ConflictKey::decode(objectKey(m_bucket, "k")));
    }

private:
    const BucketId m_bucket = samples::idOf(1);
};

MAXIOFS_TEST(ConflictStampTest)

}  // namespace maxiofs::index

#include "conflict_stamp_test.moc"
