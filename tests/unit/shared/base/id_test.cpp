// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/id.h"

#include "support/test_runner.h"

namespace maxiofs {

class IdTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aRandomIdIsAVersion4Uuid()
    {
        const std::string uuid = Id128::random().uuid();

        QCOMPARE(uuid.size(), std::size_t{36});
        QCOMPARE(uuid[14], '4');
        QVERIFY(std::string("89ab").contains(uuid[19]));
        QVERIFY(Id128::random() != Id128::random());
    }

    void bothTextFormsReadBack()
    {
        const Id128 id = Id128::random();

        QVERIFY(Id128::fromHex(id.hex()) == id);
        QVERIFY(Id128::fromUuid(id.uuid()) == id);
        QVERIFY(Id128::fromBytes(id.bytes) == id);
    }

    void otherFormsAreRefused()
    {
        const Id128 id = Id128::random();

        QVERIFY(!Id128::fromHex(id.uuid()));
        QVERIFY(!Id128::fromHex(id.hex() + "00"));
        QVERIFY(!Id128::fromUuid(id.hex()));
        QVERIFY(!Id128::fromUuid(id.uuid() + " "));
        QVERIFY(!Id128::fromUuid("0000000-00000-0000-0000-000000000000"));
        QVERIFY(!Id128::fromBytes(ByteView(id.bytes).first(15)));
    }

    void onlyTheZeroIdIsNull()
    {
        QVERIFY(Id128{}.isNull());
        QVERIFY(!Id128::random().isNull());
    }
};

MAXIOFS_TEST(IdTest)

}  // namespace maxiofs

#include "id_test.moc"
