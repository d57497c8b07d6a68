// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/tenant_usages.h"

#include "support/test_runner.h"
#include "unit/nodeserver/identity/identity_fixture.h"

using namespace Qt::StringLiterals;

namespace maxiofs::cluster {

namespace tenant_usages_test {

using Mode = identity::TenantQuotas::Mode;

class Member;

// Calls that reach the other member at once, or not at all.
class DirectCalls final : public PeerCalls {
public:
    net::Awaitable<Result<QJsonObject>> call(NodeId, std::string_view, QJsonObject,
                                             std::chrono::milliseconds) override
    {
        co_return failure(Error::Internal, "not used here");
    }
    Result<QJsonObject> callAndWait(const NodeId &member, std::string_view route, QJsonObject body,
                                    std::chrono::milliseconds) override;
    net::Awaitable<Result<std::unique_ptr<PeerStream>>> open(NodeId, std::string_view, QJsonObject,
                                                             std::chrono::milliseconds) override
    {
        co_return failure(Error::Internal, "not used here");
    }

    void send(const NodeId &, std::string_view, std::string, std::chrono::milliseconds,
              Answered answered) override
    {
        answered(failure(Error::Internal, "not used here"));
    }

    std::map<NodeId, Member *> members;
    std::vector<QJsonObject> answers;
    bool isCut = false;
};

// A node with a tenant "acme", which holds of it what `held` says.
class Member {
public:
    Member()
    {
        directory.addTenant("acme");
        buckets = records::Buckets::load(directory.records()).value();
        records::NewBucket bucket;
        bucket.name = "photos";
        bucket.ownerId = std::string(64, 'a');
        bucket.tenantId = "acme";
        if (!buckets->create(bucket))
            qFatal("no bucket");
        directory->tenantQuotas().countWith(*buckets, [this](const BucketId &) { return held; });
        usages = std::make_unique<TenantUsages>(TenantUsages::Needs{
            *directory, calls, pool, [this] { return others; },
            [this](const NodeId &) { return isOtherSilent; }, std::chrono::milliseconds(0)});
        directory->tenantQuotas().setOthers([this](const std::string &tenant) { return usages->of(tenant); });
    }
    ~Member() { directory->tenantQuotas().setOthers({}); }
    void know(Member &other)
    {
        others = {other.id()};
        calls.members[other.id()] = &other;
    }
    [[nodiscard]] NodeId id() { return directory.records().nodeId(); }
    void setQuota(std::int64_t bytes)
    {
        identity::TenantEdit edit;
        edit.quota = identity::TenantQuota{.bytes = bytes};
        if (!directory->tenants().edit("acme", edit))
            qFatal("no quota");
    }
    [[nodiscard]] bool hasRoomFor(std::uint64_t bytes)
    {
        return directory->tenantQuotas().admitBytes("acme", bytes, Mode::MayBlock).has_value();
    }

    identity::fixture::TestDirectory directory;
    identity::TenantUsage held;
    std::unique_ptr<records::Buckets> buckets;
    net::BlockingPool pool{1};
    DirectCalls calls;
    std::vector<NodeId> others;
    bool isOtherSilent = false;
    std::unique_ptr<TenantUsages> usages;
};

Result<QJsonObject> DirectCalls::callAndWait(const NodeId &member, std::string_view route, QJsonObject body,
                                             std::chrono::milliseconds)
{
    if (isCut || route != TenantUsages::kRoute)
        return failure(Error::Closed, "cut");
    auto answer = members.at(member)->usages->answer(body);
    if (answer)
        answers.push_back(*answer);
    return answer;
}

}  // namespace tenant_usages_test

using namespace tenant_usages_test;

class TenantUsagesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aQuotaCountsWhatOtherMembersHold()
    {
        Member here;
        Member there;
        here.know(there);
        here.setQuota(1000);
        here.held = {300, 3};
        there.held = {600, 6};
        QVERIFY(here.hasRoomFor(700));

        here.usages->askAll();

        QVERIFY(here.hasRoomFor(100));
        QVERIFY(!here.hasRoomFor(101));
        const auto usage = here.directory->tenantQuotas().usage("acme").value();
        QVERIFY(usage.bytes == 900 && usage.objects == 9);
        QCOMPARE(here.usages->of("unknown").bytes, 0U);
    }

    void onlyWhatChangedIsTold()
    {
        Member here;
        Member there;
        here.know(there);
        there.held = {600, 6};
        here.usages->askAll();
        QVERIFY(here.calls.answers.back().contains("tenants"_L1));

        here.usages->askAll();
        QVERIFY(!here.calls.answers.back().contains("tenants"_L1));
        QCOMPARE(here.usages->of("acme").bytes, 600U);

        there.held = {0, 0};
        here.usages->askAll();
        QCOMPARE(here.usages->of("acme").bytes, 0U);
    }

    void theLastFiguresStandWhileAMemberIsAwayAndGoWithIt()
    {
        Member here;
        Member there;
        here.know(there);
        there.held = {600, 6};
        here.usages->askAll();
        const std::size_t asked = here.calls.answers.size();

        here.calls.isCut = true;
        here.usages->askAll();
        QCOMPARE(here.usages->of("acme").bytes, 600U);
        here.calls.isCut = false;
        here.isOtherSilent = true;
        there.held = {700, 7};
        here.usages->askAll();
        QCOMPARE(here.usages->of("acme").bytes, 600U);
        QCOMPARE(here.calls.answers.size(), asked);

        here.isOtherSilent = false;
        here.usages->askAll();
        QCOMPARE(here.usages->of("acme").bytes, 700U);
        here.others.clear();
        here.usages->askAll();
        QCOMPARE(here.usages->of("acme").bytes, 0U);
    }

    void aMemberThatStartedAgainTellsEverything()
    {
        Member here;
        Member there;
        here.know(there);
        there.held = {600, 6};
        const auto answer = there.usages->answer({{"number"_L1, 17}});
        QVERIFY(answer && answer->contains("tenants"_L1));
        QVERIFY(there.usages->answer({{"number"_L1, u"no number"_s}})->contains("tenants"_L1));
    }

    void theThreadAsksByItself()
    {
        Member here;
        Member there;
        here.know(there);
        there.held = {600, 6};

        here.usages->start();

        QTRY_COMPARE_WITH_TIMEOUT(here.usages->of("acme").bytes, 600U, 60'000);
        here.usages->stop();
    }
};

MAXIOFS_TEST(TenantUsagesTest)

}  // namespace maxiofs::cluster

#include "tenant_usages_test.moc"
