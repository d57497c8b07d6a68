// SPDX-License-Identifier: GPL-3.0-or-later
#include "records/buckets.h"

#include "records/bucket_name.h"
#include "records_fixture.h"
#include "support/test_runner.h"

#include <random>
#include <set>
#include <thread>

namespace maxiofs::records {

using fixture::AuthDb;

namespace buckets_test {

const std::string kOwner(64, 'a');

NewBucket named(std::string name)
{
    NewBucket bucket;
    bucket.name = std::move(name);
    bucket.ownerId = kOwner;
    return bucket;
}

// Brings one node's records of a kind to another, as the members do.
void moveRecords(AuthDb &from, AuthDb &to, Kind kind)
{
    auto page = from.records().page(kind, Slots().set(), {}, std::size_t{1} << 30).value();
    QVERIFY(to.records().merge(std::move(page.records)).has_value());
}

std::vector<std::string> namesOf(const BucketPage &page)
{
    std::vector<std::string> names;
    for (const BucketPtr &bucket : page.buckets)
        names.push_back(bucket->name);
    return names;
}

}  // namespace buckets_test

using namespace buckets_test;

class BucketsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aBucketOutlivesARestart()
    {
        AuthDb db;
        NewBucket wanted = named("photos");
        wanted.tenantId = "t";
        wanted.region = "eu-central-1";
        wanted.quota = {5'000'000'000'000, std::nullopt};
        const auto made = Buckets::load(db.records()).value()->create(wanted).value();
        QVERIFY(
            Buckets::load(db.records()).value()->setVersioning("photos", Versioning::Enabled).has_value());

        db.reopen();

        const auto buckets = Buckets::load(db.records()).value();
        const BucketPtr bucket = buckets->find("photos").value();
        QVERIFY(bucket->id == made->id && !bucket->id.isNull());
        QCOMPARE(bucket->ownerId, kOwner);
        QCOMPARE(bucket->tenantId, std::string("t"));
        QCOMPARE(bucket->region, std::string("eu-central-1"));
        QCOMPARE(bucket->createdMs, db.clock.nowMs);
        QCOMPARE(bucket->versioning, Versioning::Enabled);
        QVERIFY(bucket->quota == wanted.quota);
        QCOMPARE(buckets->findById(made->id).value()->name, std::string("photos"));
    }

    void aTakenNameTellsItsOwner()
    {
        AuthDb db;
        const auto buckets = Buckets::load(db.records()).value();
        QVERIFY(buckets->create(named("photos")).has_value());

        const auto again = buckets->create(named("photos"));

        QVERIFY(!again);
        QCOMPARE(again.error().code, Error::AlreadyExists);
        QCOMPARE(again.error().subject, kOwner);
    }

    void anUnknownBucketIsNotFound()
    {
        AuthDb db;
        const auto buckets = Buckets::load(db.records()).value();
        QCOMPARE(buckets->find("none").error().code, Error::NoSuchBucket);
        QCOMPARE(buckets->setVersioning("none", Versioning::Enabled).error().code, Error::NoSuchBucket);
        QCOMPARE(buckets->remove("none", BucketId::random()).error().code, Error::NoSuchBucket);
    }

    void aBucketMadeAgainIsAnother()
    {
        AuthDb db;
        const auto buckets = Buckets::load(db.records()).value();
        const auto first = buckets->create(named("photos")).value();
        QVERIFY(buckets->setVersioning("photos", Versioning::Enabled).has_value());
        QVERIFY(buckets->remove("photos", first->id).has_value());
        QCOMPARE(buckets->find("photos").error().code, Error::NoSuchBucket);
        const auto second = buckets->create(named("photos")).value();

        QVERIFY(first->id != second->id);
        QCOMPARE(second->versioning, Versioning::Unversioned);
        QCOMPARE(buckets->remove("photos", first->id).error().code, Error::NoSuchBucket);
        db.reopen();
        QVERIFY(Buckets::load(db.records()).value()->find("photos").value()->id == second->id);
    }

    void versioningIsSuspendedNotUndone()
    {
        AuthDb db;
        const auto buckets = Buckets::load(db.records()).value();
        QVERIFY(buckets->create(named("photos")).has_value());
        QVERIFY(buckets->setVersioning("photos", Versioning::Unversioned).has_value());
        QVERIFY(buckets->setVersioning("photos", Versioning::Enabled).has_value());
        QVERIFY(buckets->setVersioning("photos", Versioning::Suspended).has_value());

        const auto undone = buckets->setVersioning("photos", Versioning::Unversioned);

        QCOMPARE(undone.error().code, Error::InvalidArgument);
        QCOMPARE(buckets->find("photos").value()->versioning, Versioning::Suspended);
    }

    void aBucketMaySayWhoTakesItOver()
    {
        AuthDb db;
        const auto buckets = Buckets::load(db.records()).value();
        QVERIFY(buckets->create(named("photos")).has_value());

        QVERIFY(buckets->setFailover("photos", FailoverPolicy::Manual).has_value());
        const auto own = Buckets::load(db.records()).value()->find("photos").value()->failover;
        QVERIFY(buckets->setFailover("photos", {}).has_value());
        const auto none = Buckets::load(db.records()).value()->find("photos").value()->failover;

        QVERIFY(own == FailoverPolicy::Manual);
        QVERIFY(!none);
    }

    void aQuotaCanBeLifted()
    {
        AuthDb db;
        const auto buckets = Buckets::load(db.records()).value();
        QVERIFY(buckets->create(named("photos")).has_value());
        QVERIFY(buckets->setQuota("photos", {1, 2}).has_value());
        QVERIFY(buckets->setQuota("photos", {}).has_value());

        QVERIFY(Buckets::load(db.records()).value()->find("photos").value()->quota == BucketQuota());
    }

    // Pages of any size, by any prefix, give what a filtered set gives.
    void pagesAreAListOfAll()
    {
        const unsigned seed = std::random_device{}();
        qInfo("seed %u", seed);
        std::mt19937 random(seed);
        AuthDb db;
        const auto buckets = Buckets::load(db.records()).value();
        std::set<std::string> model;
        for (int i = 0; i < 60; ++i) {
            std::string name = "b";
            for (int k = 0; k < 3; ++k)
                name += static_cast<char>('a' + random() % 3);
            if (model.insert(name).second)
                QVERIFY(buckets->create(named(name)).has_value());
        }

        for (const std::string prefix : {"", "b", "ba", "bab", "bc", "c", "a"}) {
            for (const std::size_t limit : {1UL, 2UL, 7UL, 1000UL}) {
                std::vector<std::string> expected;
                for (const std::string &name : model) {
                    if (name.starts_with(prefix) && !name.ends_with('c'))
                        expected.push_back(name);
                }
                std::vector<std::string> listed;
                BucketListing listing{prefix, {}, limit, [](const BucketRecord &bucket) {
                                          return !bucket.name.ends_with('c');
                                      }};
                while (true) {
                    const BucketPage page = buckets->list(listing);
                    std::ranges::copy(namesOf(page), std::back_inserter(listed));
                    if (!page.more)
                        break;
                    QCOMPARE(page.buckets.size(), limit);
                    listing.after = listed.back();
                }
                QCOMPARE(listed, expected);
            }
        }
    }

    void oneOfManyCreatesWins()
    {
        AuthDb db;
        const auto buckets = Buckets::load(db.records()).value();
        std::atomic<int> made = 0;
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < 8; ++i)
                threads.emplace_back([&] { made += buckets->create(named("photos")).has_value() ? 1 : 0; });
        }
        QCOMPARE(made.load(), 1);
        QCOMPARE(buckets->count(), 1);
    }

    void watchersHearOfEachChange()
    {
        AuthDb db;
        const auto buckets = Buckets::load(db.records()).value();
        std::vector<Buckets::Event> heard;
        buckets->whenChanged([&](Buckets::Event event, const BucketRecord &) { heard.push_back(event); });
        const auto made = buckets->create(named("photos")).value();
        QVERIFY(!buckets->create(named("photos")).has_value());
        QVERIFY(buckets->setVersioning("photos", Versioning::Enabled).has_value());
        QVERIFY(buckets->remove("photos", made->id).has_value());
        using enum Buckets::Event;
        QVERIFY((heard == std::vector{Created, Changed, Removed}));
    }

    void aNewBucketBelongsToThisNode()
    {
        AuthDb db;
        const auto buckets = Buckets::load(db.records()).value();
        NewBucket wanted = named("photos");
        wanted.id = BucketId::random();
        const NodeId self = db.records().nodeId();

        const auto made = buckets->create(wanted).value();

        QVERIFY(made->id == *wanted.id);
        QVERIFY((made->location == Location{self, {1, self}, false}));
        wanted.name = "others";
        QCOMPARE(buckets->create(wanted).error().code, Error::AlreadyExists);
        QVERIFY(buckets->remove("photos", made->id).has_value());
        const Record location = std::move(*db.records().find(Kind::Location, made->id.hex()).value());
        QVERIFY(location.deleted);
        QVERIFY((locationOf(location.body).epoch == Epoch{2, self}));
    }

    void bucketsMadeElsewhereAppearAsTheirRecordsArrive()
    {
        AuthDb here;
        AuthDb there;
        const auto buckets = Buckets::load(here.records()).value();
        std::vector<Buckets::Event> heard;
        buckets->whenChanged([&](Buckets::Event event, const BucketRecord &) { heard.push_back(event); });
        const auto remote = Buckets::load(there.records()).value();
        const auto made = remote->create(named("photos")).value();
        QVERIFY(remote->setVersioning("photos", Versioning::Enabled).has_value());

        for (const Kind kind : {Kind::BucketVersioning, Kind::Bucket, Kind::Location, Kind::Location})
            moveRecords(there, here, kind);

        const BucketPtr seen = buckets->find("photos").value();
        QVERIFY(*seen == *remote->find("photos").value());
        QVERIFY(seen->location.owner == there.records().nodeId());
        QVERIFY(remote->remove("photos", made->id).has_value());
        for (const Kind kind : {Kind::Location, Kind::Bucket})
            moveRecords(there, here, kind);
        QCOMPARE(buckets->find("photos").error().code, Error::NoSuchBucket);
        QCOMPARE(buckets->count(), 0);
        using enum Buckets::Event;
        QVERIFY((heard == std::vector{Created, Changed, Changed, Removed}));
    }

    void oneNameMadeTwiceBelongsToTheFirst()
    {
        AuthDb here;
        AuthDb there;
        there.clock.nowMs -= 5000;
        const auto buckets = Buckets::load(here.records()).value();
        const auto remote = Buckets::load(there.records()).value();
        const auto later = buckets->create(named("photos")).value();
        const auto first = remote->create(named("photos")).value();

        for (const Kind kind : {Kind::Bucket, Kind::Location}) {
            moveRecords(there, here, kind);
            moveRecords(here, there, kind);
        }

        const std::string renamed = conflictNameOf("photos", later->id);
        for (const Buckets *each : {buckets.get(), remote.get()}) {
            QVERIFY(each->find("photos").value()->id == first->id);
            QVERIFY(each->find(renamed).value()->id == later->id);
            QVERIFY(each->find(renamed).value()->hasConflictName());
            QCOMPARE(each->count(), 2);
        }
        QCOMPARE(buckets->create(named(renamed)).error().code, Error::AlreadyExists);

        QVERIFY(remote->renameConflicts().value().empty());  // not its own
        const auto written = buckets->renameConflicts().value();
        QCOMPARE(written.size(), 1);
        QCOMPARE(written[0].before, std::string("photos"));
        QCOMPARE(written[0].bucket->recordedName, renamed);
        QVERIFY(buckets->renameConflicts().value().empty());
        moveRecords(here, there, Kind::Bucket);
        QVERIFY(*remote->find(renamed).value() == *buckets->find(renamed).value());
        QVERIFY(remote->remove("photos", first->id).has_value());
        QCOMPARE(remote->find("photos").error().code, Error::NoSuchBucket);
    }

    void aChangeGoesToTheBucketThatShowsTheName()
    {
        AuthDb here;
        AuthDb there;
        there.clock.nowMs -= 5000;
        const auto buckets = Buckets::load(here.records()).value();
        const auto later = buckets->create(named("photos")).value();
        QVERIFY(Buckets::load(there.records()).value()->create(named("photos")).has_value());
        for (const Kind kind : {Kind::Bucket, Kind::Location})
            moveRecords(there, here, kind);
        const std::string renamed = conflictNameOf("photos", later->id);

        QVERIFY(buckets->setVersioning(renamed, Versioning::Enabled).has_value());
        QVERIFY(buckets->remove("photos", later->id).error().code == Error::NoSuchBucket);
        QVERIFY(buckets->remove(renamed, later->id).has_value());

        QCOMPARE(buckets->count(), 1);
        QCOMPARE(buckets->find("photos").value()->versioning, Versioning::Unversioned);
    }

    void aDamagedRecordFromElsewhereLeavesTheBucketAsItWas()
    {
        AuthDb db;
        const auto buckets = Buckets::load(db.records()).value();
        const auto made = buckets->create(named("photos")).value();
        Record record = std::move(*db.records().find(Kind::Bucket, made->id.hex()).value());
        record.stamp.time += 1;
        record.body = {};
        std::vector<Record> arriving;
        arriving.push_back(std::move(record));

        QVERIFY(db.records().merge(std::move(arriving)).has_value());

        QVERIFY(*buckets->find("photos").value() == *made);
    }

    void namesFollowTheRules_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("good");
        const auto row = [](const char *name, bool good) {
            QTest::addRow("'%.30s'", name) << QString::fromUtf8(name) << good;
        };
        for (const char *name : {"abc", "my-bucket.v2", "1-2", "a.b.c", "1.2.3", "healthy", "apis", "xn-a"})
            row(name, true);
        for (const char *name :
             {"",          "ab",        "Abc",         "a_b",     "-ab",         "ab-",      ".ab",
              "ab.",       "a..b",      "192.168.5.4", "a b",     "xn--abc",     "sthree-a", "amzn-s3-demo-a",
              "a-s3alias", "a--ol-s3",  "ab.mrap",     "a--x-s3", "a--table-s3", "health",   "metrics",
              "api",       "b\xc3\xa4r"})
            row(name, false);
        QTest::newRow("63") << QString(63, QLatin1Char('a')) << true;
        QTest::newRow("64") << QString(64, QLatin1Char('a')) << false;
    }
    void namesFollowTheRules()
    {
        QFETCH(QString, name);
        QFETCH(bool, good);
        QCOMPARE(checkBucketName(name.toStdString()).has_value(), good);
    }
};

MAXIOFS_TEST(BucketsTest)

}  // namespace maxiofs::records

#include "buckets_test.moc"
