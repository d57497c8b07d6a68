// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/openapi.h"

#include "api/console/endpoint.h"
#include "support/test_runner.h"

#include <QFile>

#include <set>

using namespace Qt::StringLiterals;

namespace maxiofs::api::console {

class OpenApiTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // With MAXIOFS_WRITE_OPENAPI=1 the test writes the file instead.
    void theDocumentationIsThatOfTheTable()
    {
        QFile file(QString::fromUtf8(MAXIOFS_TEST_DATA) + u"/../../resources/openapi.yaml"_s);
        const QByteArray expected = QByteArray::fromStdString(openApiDocument());
        if (qEnvironmentVariableIsSet("MAXIOFS_WRITE_OPENAPI")) {
            QVERIFY(file.open(QIODevice::WriteOnly));
            QCOMPARE(file.write(expected), expected.size());
            return;
        }
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY2(file.readAll() == expected,
                 "resources/openapi.yaml is old: run this test once with MAXIOFS_WRITE_OPENAPI=1");
    }

    void eachPathStandsOnce()
    {
        std::string_view last;
        std::set<std::string_view> seen;
        for (const Endpoint &endpoint : endpoints()) {
            if (endpoint.path != last)
                QVERIFY2(seen.insert(endpoint.path).second, std::string(endpoint.path).c_str());
            last = endpoint.path;
        }
    }
};

MAXIOFS_TEST(OpenApiTest)

}  // namespace maxiofs::api::console

#include "openapi_test.moc"
