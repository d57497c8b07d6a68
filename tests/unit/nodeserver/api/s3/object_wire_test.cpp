// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/object_wire.h"

#include "support/golden.h"
#include "support/test_runner.h"

#include <QJsonDocument>

namespace object_wire_test {

using namespace maxiofs;
using api::s3::ExportedObject;
using api::s3::ExportRequest;

// Bytes that are no UTF-8, a byte order mark, control characters: a client may store them all.
const std::string kOddBytes = "\xef\xbb\xbf\x01\xff\xfe \"quoted\"";

Stamp stampOf(std::int64_t time)
{
    Stamp stamp;
    stamp.time = static_cast<std::uint64_t>(time) << 16 | 7;
    stamp.node = Id128::fromHex("000102030405060708090a0b0c0d0e0f").value();
    return stamp;
}

ExportedObject wholeObject()
{
    ExportedObject object;
    store::ObjectInfo &info = object.info;
    info.key = "folder/" + kOddBytes;
    info.version.stamp = stampOf(1'700'000'000'123);
    info.isLatest = true;
    info.size = 5ULL << 40;
    info.etag = "d41d8cd98f00b204e9800998ecf8427e-3";
    info.lastModifiedMs = 1'700'000'000'123;
    info.ownerId = std::string(64, 'a');
    info.storageClass = "STANDARD_IA";
    info.checksum = store::ObjectChecksum{crypto::ChecksumAlgorithm::Crc64Nvme,
                                          store::ChecksumType::FullObject, Bytes(8, std::byte{0xab})};
    object.attributes.contentHeaders = {{"content-type", "text/plain"}, {"cache-control", kOddBytes}};
    object.attributes.userMetadata = {{"colour", "r\xf6t"}, {"empty", ""}};
    object.attributes.tags = {{"project", "\xc3\xa4"}};
    object.attributes.ownerId = info.ownerId;
    object.attributes.storageClass = info.storageClass;
    object.attributes.encryption = "AES256";
    object.extent = {100, 200};
    return object;
}

Result<ExportedObject> readBack(const std::string &head)
{
    const ByteView bytes = asBytes(head);
    TRY_ASSIGN(const std::size_t length, api::s3::exportHeadLength(bytes.first(api::s3::kExportPreamble)));
    if (length != bytes.size() - api::s3::kExportPreamble)
        return failure(Error::Internal, "another length");
    return api::s3::exportedObjectOf(bytes.subspan(api::s3::kExportPreamble));
}

std::string withField(const ExportedObject &object, const QString &name, const QJsonValue &value)
{
    const std::string head = api::s3::exportHead(object);
    QJsonObject json =
        QJsonDocument::fromJson(QByteArray::fromStdString(head.substr(api::s3::kExportPreamble))).object();
    if (value.isUndefined())
        json.remove(name);
    else
        json.insert(name, value);
    return QJsonDocument(json).toJson().toStdString();
}

}  // namespace object_wire_test

class ObjectWireTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everythingThatACopyCarriesArrives()
    {
        using namespace object_wire_test;
        const ExportedObject sent = wholeObject();

        const ExportedObject got = readBack(api::s3::exportHead(sent)).value();

        QCOMPARE(got.info.key, sent.info.key);
        QVERIFY(got.info.version == sent.info.version);
        QCOMPARE(got.info.isLatest, true);
        QCOMPARE(got.info.size, sent.info.size);
        QCOMPARE(got.info.etag, sent.info.etag);
        QCOMPARE(got.info.lastModifiedMs, sent.info.lastModifiedMs);
        QVERIFY(got.info.checksum == sent.info.checksum);
        QVERIFY(got.attributes == sent.attributes);
        QVERIFY(got.extent == sent.extent);
    }

    void theNullVersionAndNoChecksumArriveToo()
    {
        using namespace object_wire_test;
        ExportedObject sent = wholeObject();
        sent.info.version = {};
        sent.info.checksum.reset();

        const ExportedObject got = readBack(api::s3::exportHead(sent)).value();

        QVERIFY(!got.info.version.stamp);
        QVERIFY(!got.info.checksum);
    }

    void theFormIsTheOneThatOtherVersionsKnow()
    {
        const std::string head = api::s3::exportHead(object_wire_test::wholeObject());

        QVERIFY(test::goldenFile("object-read-v1.bin", maxiofs::asBytes(head)) == maxiofs::toBytes(head));
    }

    void aRequestArrivesAsItWasSent()
    {
        using namespace object_wire_test;
        ExportRequest request;
        request.bucket = BucketId::random();
        request.key = kOddBytes;
        QVERIFY(!api::s3::exportRequestOf(toJson(request))->version);
        QVERIFY(!api::s3::exportRequestOf(toJson(request))->range);

        request.version = store::VersionId{stampOf(5)};
        request.range = api::s3::ByteRange{7, (5ULL << 40) + 1, std::nullopt};
        const ExportRequest got = api::s3::exportRequestOf(toJson(request)).value();

        QVERIFY(got.bucket == request.bucket);
        QCOMPARE(got.key, request.key);
        QVERIFY(got.version == request.version);
        QVERIFY(got.range == request.range);
    }

    void aRequestThatIsWrongNamesItsField()
    {
        using namespace object_wire_test;
        ExportRequest request;
        request.range = api::s3::ByteRange{8, 7, std::nullopt};

        QCOMPARE(api::s3::exportRequestOf({}).error().subject, std::string("bucket_id"));
        QCOMPARE(api::s3::exportRequestOf(toJson(request)).error().subject, std::string("range"));
    }

    void whatIsNoSuchAnswerIsRefused()
    {
        using namespace object_wire_test;
        std::string head = api::s3::exportHead(wholeObject());
        const auto lengthOf = [](std::string_view text) {
            return api::s3::exportHeadLength(asBytes(text.substr(0, api::s3::kExportPreamble)));
        };

        std::string other = head;
        other[0] = 'X';
        QCOMPARE(lengthOf(other).error().code, Error::Corrupt);
        other = head;
        other[7] = 2;
        QCOMPARE(lengthOf(other).error().code, Error::Unsupported);
        other = head;
        other[8] = 1;
        QCOMPARE(lengthOf(other).error().code, Error::Corrupt);
        QCOMPARE(lengthOf("MXOR").error().code, Error::Corrupt);

        for (const auto *name : {"version_id", "size", "etag", "offset", "length", "checksum"}) {
            const QString field = QString::fromLatin1(name);
            QCOMPARE(api::s3::exportedObjectOf(asBytes(withField(wholeObject(), field, QJsonValue(true))))
                         .error()
                         .code,
                     Error::Corrupt);
        }
        const std::string tooLong =
            withField(wholeObject(), QStringLiteral("length"), QStringLiteral("5497558138881"));
        QCOMPARE(api::s3::exportedObjectOf(asBytes(tooLong)).error().code, Error::Corrupt);
    }
};

MAXIOFS_TEST(ObjectWireTest)

#include "object_wire_test.moc"
