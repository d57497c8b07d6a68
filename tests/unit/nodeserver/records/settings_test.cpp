// SPDX-License-Identifier: GPL-3.0-or-later
#include "records/settings.h"

#include "records_fixture.h"
#include "support/test_runner.h"

using namespace Qt::StringLiterals;

namespace maxiofs::records {

namespace settings_test {

std::vector<SettingDefinition> definitions()
{
    return {{"s3-region", SettingDefinition::Type::Text, u"us-east-1"_s, "", "", {}},
            {"rate", SettingDefinition::Type::Integer, 10, "bytes per second", "",
             [](const QJsonValue &value) -> Status {
                 if (value.toInteger() < 0)
                     return failure(Error::InvalidArgument, "Setting rate must not be negative.", "rate");
                 return {};
             }},
            {"on", SettingDefinition::Type::Boolean, false, "", "", {}}};
}

}  // namespace settings_test

using namespace settings_test;
using fixture::AuthDb;

class SettingsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aSettingHasItsStandardValueUntilItIsSet()
    {
        AuthDb db;
        {
            const auto settings = Settings::load(db.records(), definitions()).value();
            QCOMPARE(settings->text("s3-region"), std::string("us-east-1"));
            QVERIFY(settings->change({{"s3-region"_L1, u"eu"_s}, {"rate"_L1, 5}}).has_value());
        }

        db.reopen();

        const auto settings = Settings::load(db.records(), definitions()).value();
        QCOMPARE(settings->text("s3-region"), std::string("eu"));
        QCOMPARE(settings->integer("rate"), 5);
        QCOMPARE(settings->boolean("on"), false);
        QVERIFY(settings->change({{"rate"_L1, QJsonValue::Null}}).has_value());
        QCOMPARE(settings->integer("rate"), 10);
    }

    void oneWrongSettingLeavesAllAsTheyWere()
    {
        AuthDb db;
        const auto settings = Settings::load(db.records(), definitions()).value();
        const auto refuses = [&](const QJsonObject &values, const std::string &name) {
            const Status status = settings->change(values);
            return !status && status.error().code == Error::InvalidArgument && status.error().subject == name;
        };

        QVERIFY(refuses({{"on"_L1, true}, {"rate"_L1, -1}}, "rate"));
        QVERIFY(refuses({{"on"_L1, true}, {"rate"_L1, u"5"_s}}, "rate"));
        QVERIFY(refuses({{"on"_L1, true}, {"zzz"_L1, 5}}, "zzz"));
        QVERIFY(refuses({{"on"_L1, 1}}, "on"));
        QVERIFY(refuses({{"s3-region"_L1, 1}}, "s3-region"));
        QCOMPARE(settings->boolean("on"), false);
    }

    void watchersHearOfAChange()
    {
        AuthDb db;
        const auto settings = Settings::load(db.records(), definitions()).value();
        std::vector<std::int64_t> heard;
        settings->whenChanged("rate", [&](const QJsonValue &value) { heard.push_back(value.toInteger()); });

        QVERIFY(settings->change({{"rate"_L1, 3}}).has_value());
        QVERIFY(settings->change({{"on"_L1, true}}).has_value());
        QVERIFY(settings->change({{"rate"_L1, QJsonValue::Null}}).has_value());

        QCOMPARE(heard, (std::vector<std::int64_t>{3, 10}));
    }

    void whatAnotherNodeSetsHoldsHereToo()
    {
        AuthDb db;
        const auto settings = Settings::load(db.records(), definitions()).value();
        std::vector<std::int64_t> heard;
        settings->whenChanged("rate", [&](const QJsonValue &value) { heard.push_back(value.toInteger()); });
        const auto arrives = [&](const std::string &name, std::uint64_t time, const QJsonValue &value,
                                 bool deleted = false) {
            Record record;
            record.kind = Kind::Setting;
            record.id = name;
            record.stamp = {time, NodeId::random()};
            record.body = {{"value"_L1, value}};
            record.deleted = deleted;
            std::vector<Record> records;
            records.push_back(std::move(record));
            return db.records().merge(std::move(records)).has_value();
        };

        QVERIFY(arrives("rate", 5, 77));
        QCOMPARE(settings->integer("rate"), 77);
        QVERIFY(arrives("rate", 4, 76));  // older
        QVERIFY(arrives("unknown", 5, u"x"_s));
        QVERIFY(arrives("on", 5, u"not a boolean"_s));
        QCOMPARE(settings->boolean("on"), false);
        QVERIFY(arrives("rate", 6, 0, true));
        QCOMPARE(settings->integer("rate"), 10);
        QCOMPARE(heard, (std::vector<std::int64_t>{77, 10}));

        db.reopen();
        QVERIFY(Settings::load(db.records(), definitions()).has_value());
    }
};

MAXIOFS_TEST(SettingsTest)

}  // namespace maxiofs::records

#include "settings_test.moc"
