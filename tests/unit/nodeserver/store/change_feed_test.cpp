// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_runner.h"

#include "store_fixture.h"

namespace maxiofs::test {

using store::ChangeKind;

namespace change_feed_test {

std::string textOf(const Result<store::FeedPage> &page)
{
    static constexpr std::array kNames{"?", "version", "marker", "metadata", "removal"};
    if (!page)
        return code(page.error());
    std::string text;
    for (const store::FeedEntry &entry : page->entries)
        text += (text.empty() ? "" : ", ") + std::string(kNames.at(static_cast<std::size_t>(entry.kind))) +
                " " + entry.key;
    return text;
}

}  // namespace change_feed_test

class ChangeFeedTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_store = std::make_unique<StoreFixture>();
        m_store->open();
    }
    void cleanup() { m_store.reset(); }

    void aFeedBeginsWhereItsConsumerWasAdded()
    {
        QVERIFY(m_store->put("before", "data"));
        const auto position = (*m_store)->addConsumer(m_store->bucket, m_rule);
        QVERIFY(position);

        QVERIFY(m_store->put("a", "data"));
        QVERIFY(m_store->setTags("a", {{"name", "value"}}));
        QVERIFY(m_store->put("b", "data"));
        QVERIFY(m_store->remove("b"));
        m_store->setVersioning(store::Versioning::Enabled);
        QVERIFY(m_store->remove("c"));

        QCOMPARE(*position, 1U);
        QCOMPARE(change_feed_test::textOf(changes(*position, 100)),
                 std::string("metadata a, removal b, marker c"));
        QCOMPARE(change_feed_test::textOf(changes(*position, 3)), std::string("metadata a, version b"));
        QCOMPARE((*m_store)->addConsumer(m_store->bucket, m_rule).value(), *position);
    }

    void changesOfOtherBucketsAreNotKept()
    {
        QVERIFY((*m_store)->addConsumer(m_store->bucket, m_rule));
        const BucketId first = m_store->bucket;
        m_store->bucket = Id128::random();
        (*m_store)->setBucket({.id = m_store->bucket});

        const auto committed = m_store->put("elsewhere", "data");
        QVERIFY(committed);

        const auto page = (*m_store)->changes(first, m_rule, 0, 100);
        QVERIFY(page);
        QVERIFY(page->entries.empty());
        QVERIFY(page->atEnd);
        QCOMPARE(page->next, committed->sequence);
        QCOMPARE(codeOf((*m_store)->changes(m_store->bucket, m_rule, 0, 100)), std::string("NotFound"));
    }

    void answersCarryThePositionOfTheirChange()
    {
        QVERIFY((*m_store)->addConsumer(m_store->bucket, m_rule));

        const auto put = m_store->put("a", "data");
        const auto tagged = m_store->setTags("a", {{"name", "value"}});
        const auto removed = m_store->remove("a");

        QVERIFY(put && tagged && removed);
        QCOMPARE(changes(0, 1)->entries.front().position, put->sequence);
        QCOMPARE(tagged->sequence, put->sequence + 1);
        QCOMPARE(removed->sequence, put->sequence + 2);
        QCOMPARE((*m_store)->position(), removed->sequence);
    }

    void consumersAndChangesSurviveAKilledProcess()
    {
        const auto position = (*m_store)->addConsumer(m_store->bucket, m_rule);
        QVERIFY(position);
        QVERIFY(m_store->put("a", "data"));
        QVERIFY(m_store->put("b", "data"));

        m_store->kill();
        m_store->open();

        QCOMPARE(change_feed_test::textOf(changes(*position, 100)), std::string("version a, version b"));
        QCOMPARE((*m_store)->feedLag(m_store->bucket, m_rule)->changes, 2U);
        QVERIFY(m_store->put("c", "data"));
        QCOMPARE((*m_store)->feedLag(m_store->bucket, m_rule)->changes, 3U);
    }

    void aCursorIsKeptByAStop()
    {
        QVERIFY((*m_store)->addConsumer(m_store->bucket, m_rule));
        const auto put = m_store->put("a", "data");
        QVERIFY(put);
        QVERIFY((*m_store)->acknowledge(m_store->bucket, m_rule, put->sequence));

        m_store->close();
        m_store->open();

        QCOMPARE((*m_store)->cursor(m_store->bucket, m_rule).value(), put->sequence);
    }

    void aRebuiltIndexKnowsNoConsumers()
    {
        QVERIFY((*m_store)->addConsumer(m_store->bucket, m_rule));
        QVERIFY(m_store->put("a", "data"));
        m_store->close();
        m_store->dropIndex();
        m_store->open();

        QCOMPARE(codeOf(changes(0, 10)), std::string("NotFound"));
        QCOMPARE(codeOf((*m_store)->feedLag(m_store->bucket, m_rule)), std::string("NotFound"));
        QCOMPARE((*m_store)->addConsumer(m_store->bucket, m_rule).value(), (*m_store)->position());
        QVERIFY(changes((*m_store)->position(), 10)->entries.empty());
    }

    void theLagIsWhatIsNotAcknowledged()
    {
        QVERIFY((*m_store)->addConsumer(m_store->bucket, m_rule));
        QVERIFY((*m_store)->addConsumer(m_store->bucket, m_other));
        const auto first = m_store->put("a", std::string(100, 'a'));
        QVERIFY(first);
        QVERIFY(m_store->put("b", std::string(50, 'b')));
        QVERIFY(m_store->remove("a"));

        QVERIFY((*m_store)->acknowledge(m_store->bucket, m_rule, first->sequence));
        (*m_store)->forgetOld();

        const auto lag = (*m_store)->feedLag(m_store->bucket, m_rule);
        QCOMPARE(lag->changes, 2U);
        QCOMPARE(lag->bytes, 50U);
        QVERIFY(lag->oldestMs && *lag->oldestMs <= m_store->clock.unixMs());
        QCOMPARE((*m_store)->feedLag(m_store->bucket, m_other)->changes, 3U);
        QCOMPARE((*m_store)->feedLag(m_store->bucket, m_other)->bytes, 150U);
        QVERIFY((*m_store)->acknowledge(m_store->bucket, m_rule, (*m_store)->position()));
        QCOMPARE((*m_store)->feedLag(m_store->bucket, m_rule)->changes, 0U);
        QVERIFY(!(*m_store)->feedLag(m_store->bucket, m_rule)->oldestMs);
    }

    void whatAllHaveReadIsDropped()
    {
        QVERIFY((*m_store)->addConsumer(m_store->bucket, m_rule));
        QVERIFY((*m_store)->addConsumer(m_store->bucket, m_other));
        for (int i = 0; i < 10; ++i)
            QVERIFY(m_store->put("key " + std::to_string(i), "data"));
        QVERIFY((*m_store)->acknowledge(m_store->bucket, m_rule, 8));
        QVERIFY((*m_store)->acknowledge(m_store->bucket, m_other, 5));

        (*m_store)->forgetOld();
        QVERIFY(m_store->put("behind it", "data"));

        const auto page = changes(0, 100);
        QCOMPARE(page->entries.front().position, 6U);
        QCOMPARE(page->entries.size(), 6U);
        QVERIFY(!page->trimmed);
    }

    void aFeedThatGrowsTooLongIsCut_data()
    {
        QTest::addColumn<bool>("byAge");
        QTest::newRow("too many") << false;
        QTest::newRow("too old") << true;
    }
    void aFeedThatGrowsTooLongIsCut()
    {
        QFETCH(const bool, byAge);
        QVERIFY((*m_store)->addConsumer(m_store->bucket, m_rule));
        (*m_store)->setFeedLimits({byAge ? 1000U : 4U, 60'000});
        for (int i = 0; i < 10; ++i) {
            if (byAge && i == 6)
                m_store->clock.advance(std::chrono::minutes(2));
            QVERIFY(m_store->put("key " + std::to_string(i), "data"));
        }

        (*m_store)->forgetOld();
        QVERIFY(m_store->put("behind it", "data"));

        QVERIFY(changes(0, 100)->trimmed);
        QVERIFY((*m_store)->feedLag(m_store->bucket, m_rule)->trimmed);
        QCOMPARE(changes(0, 100)->entries.front().key, std::string("key 6"));
        m_store->close();
        m_store->open();
        QVERIFY(changes(0, 100)->trimmed);
        QVERIFY((*m_store)->acknowledge(m_store->bucket, m_rule, (*m_store)->position()));
        QVERIFY(!changes((*m_store)->position(), 100)->trimmed);
        QVERIFY(!(*m_store)->feedLag(m_store->bucket, m_rule)->trimmed);
    }

    void withoutAConsumerNothingIsKept()
    {
        QVERIFY((*m_store)->addConsumer(m_store->bucket, m_rule));
        QVERIFY(m_store->put("a", "data"));

        QVERIFY((*m_store)->removeConsumer(m_store->bucket, m_rule));
        QVERIFY((*m_store)->removeConsumer(m_store->bucket, m_rule));
        QVERIFY(m_store->put("b", "data"));

        QVERIFY((*m_store)->consumers(m_store->bucket).empty());
        QCOMPARE(codeOf(changes(0, 100)), std::string("NotFound"));
        QCOMPARE((*m_store)->addConsumer(m_store->bucket, m_rule).value(), 2U);
        QVERIFY(changes(0, 100)->entries.empty());
    }

    void compactionTellsNothingAgain()
    {
        m_store->segmentBytes = 8 << 10;
        m_store->close();
        m_store->open();
        QVERIFY((*m_store)->addConsumer(m_store->bucket, m_rule));
        for (int i = 0; i < 40; ++i)
            QVERIFY(m_store->put("key " + std::to_string(i % 30), std::string(1000, 'x')));
        QVERIFY((*m_store)->acknowledge(m_store->bucket, m_rule, (*m_store)->position()));

        for (auto more = (*m_store)->compactOnce(); more && *more; more = (*m_store)->compactOnce()) {
        }
        QVERIFY((*m_store)->figures().compactedBytes > 0);
        QVERIFY(changes((*m_store)->cursor(m_store->bucket, m_rule).value(), 100)->entries.empty());
        m_store->kill();
        m_store->open();

        QVERIFY(changes((*m_store)->position(), 100)->entries.empty());
    }

    void theHookIsCalledWhenAChangeIsVisible()
    {
        std::vector<std::uint64_t> seen;
        QVERIFY((*m_store)->addConsumer(m_store->bucket, m_rule));
        (*m_store)->setChangeHook([&](const BucketId &bucket, std::uint64_t position) {
            if (bucket == m_store->bucket && !changes(position - 1, 10)->entries.empty())
                seen.push_back(position);
        });

        const auto first = m_store->put("a", "data");
        const auto second = m_store->put("b", "data");
        m_store->close();

        QVERIFY(first && second);
        QVERIFY((seen == std::vector{first->sequence, second->sequence}));
    }

private:
    [[nodiscard]] Result<store::FeedPage> changes(std::uint64_t after, std::size_t limit) const
    {
        return (*m_store)->changes(m_store->bucket, m_rule, after, limit);
    }

    const Id128 m_rule = Id128::random();
    const Id128 m_other = Id128::random();
    std::unique_ptr<StoreFixture> m_store;
};

}  // namespace maxiofs::test

using maxiofs::test::ChangeFeedTest;
MAXIOFS_TEST(ChangeFeedTest)
#include "change_feed_test.moc"
