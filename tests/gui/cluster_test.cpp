// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_runner.h"

#include "real_node.h"
#include "window_harness.h"

#include "core/item_roles.h"
#include "models/nodes_model.h"
#include "widgets/data_table.h"
#include "widgets/fingerprint_view.h"

#include <QAbstractButton>
#include <QCheckBox>
#include <QLabel>
#include <QLineEdit>

namespace maxiofs::test {

using namespace Qt::StringLiterals;
using models::NodesModel;

// The window and real nodes: what it sends is what they understand, and it stays with the cluster.
class ClusterTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void twoNodesBecomeAClusterAndTheWindowOutlivesOne();
    void aNodeJoinsAndLeavesFromItsOwnSide();

private:
    void connectTo(const RealNode &node);
    [[nodiscard]] bool opens(const QString &dialog);
    [[nodiscard]] QString healthOf(const QString &node);
    void enter(const QString &name, const QString &text)
    {
        m_harness->find<QLineEdit>(name, m_harness->nodeDialog())->setText(text);
    }
    void press(const QString &name)
    {
        QTest::mouseClick(m_harness->find<QAbstractButton>(name, m_harness->nodeDialog()), Qt::LeftButton);
    }
    /// Makes a cluster of the connected node and gives back its token.
    [[nodiscard]] QString initialize(const QString &name);

    std::unique_ptr<RealNode> m_first;
    std::unique_ptr<RealNode> m_second;
    std::unique_ptr<WindowHarness> m_harness;
};

namespace {

constexpr int kPatience = 60'000;

template <typename Condition>
bool soon(Condition condition)
{
    return QTest::qWaitFor(condition, kPatience);
}

}  // namespace

void ClusterTest::init()
{
    m_first = std::make_unique<RealNode>();
    m_second = std::make_unique<RealNode>();
    QVERIFY(m_first->start());
    QVERIFY(m_second->start());
    m_harness = std::make_unique<WindowHarness>();
}

void ClusterTest::cleanup()
{
    m_harness.reset();
    m_second.reset();
    m_first.reset();
}

void ClusterTest::connectTo(const RealNode &node)
{
    core::Profile profile;
    profile.id = u"test"_s;
    profile.name = u"lab"_s;
    profile.address = node.console();
    profile.user = u"admin"_s;
    profile.fingerprint = node.fingerprint();
    m_harness->window().connectTo(profile, RealNode::password());
    m_harness->window().go(u"test"_s, u"nodes"_s);
    QVERIFY(soon([&] {
        return m_harness->workspace()->nodeActions().refusal().isEmpty() &&
               m_harness->workspace()->cluster().nodes().rowCount() == 1;
    }));
}

bool ClusterTest::opens(const QString &dialog)
{
    return soon([&] {
        const QDialog *open = m_harness->nodeDialog();
        return open && open->isVisible() && open->objectName() == dialog;
    });
}

QString ClusterTest::healthOf(const QString &node)
{
    const NodesModel &nodes = m_harness->workspace()->cluster().nodes();
    for (int row = 0; row < nodes.rowCount(); ++row) {
        if (nodes.index(row, NodesModel::Name).data().toString() == node)
            return nodes.index(row, NodesModel::Health).data().toString();
    }
    return {};
}

QString ClusterTest::initialize(const QString &name)
{
    m_harness->click(u"emptyAction"_s);
    if (!opens(u"initializeDialog"_s))
        return {};
    enter(u"nodeName"_s, name);
    enter(u"nodeRegion"_s, u"here"_s);
    press(u"formAccept"_s);
    if (!opens(u"tokenDialog"_s))
        return {};
    const QString token = m_harness->find<QLineEdit>(u"tokenText"_s, m_harness->nodeDialog())->text();
    m_harness->find<QCheckBox>(u"tokenKept"_s, m_harness->nodeDialog())->setChecked(true);
    press(u"tokenDone"_s);
    return token;
}

void ClusterTest::twoNodesBecomeAClusterAndTheWindowOutlivesOne()
{
    connectTo(*m_first);
    const QString token = initialize(u"one"_s);
    QCOMPARE(token.size(), 64);
    QVERIFY(soon([&] { return m_harness->workspace()->cluster().isCluster(); }));
    QVERIFY(!m_first->log().contains(token));

    // The other node is asked for its certificate first, then with its administrator's password.
    m_harness->trigger(u"addNodeAction"_s);
    QVERIFY(opens(u"addNodeDialog"_s));
    enter(u"addEndpoint"_s, m_second->s3().toString());
    enter(u"nodeName"_s, u"two"_s);
    enter(u"nodePriority"_s, u"70"_s);
    enter(u"nodeMetadata"_s, u"rack=4"_s);
    press(u"formAccept"_s);
    QVERIFY(soon([&] {
        const auto *seen = m_harness->nodeDialog()->findChild<widgets::FingerprintView *>();
        return seen && seen->accessibleDescription().size() == 64;
    }));
    m_harness->find<QCheckBox>(u"addCompared"_s, m_harness->nodeDialog())->setChecked(true);
    enter(u"addPassword"_s, u"not its password"_s);
    press(u"formAccept"_s);
    QVERIFY(soon([&] {
        const auto *wrong = m_harness->nodeDialog()->findChild<QLabel *>(u"addPasswordProblem"_s);
        return wrong && wrong->isVisible();
    }));
    enter(u"addPassword"_s, RealNode::password());
    press(u"formAccept"_s);
    QVERIFY(soon([&] { return healthOf(u"one"_s) == u"Healthy"_s && healthOf(u"two"_s) == u"Healthy"_s; }));
    auto *table = m_harness->find<widgets::DataTable>(u"allNodesTable"_s);
    QCOMPARE(table->model()->rowCount(), 2);
    QCOMPARE(table->model()->index(1, NodesModel::Priority).data().toString(), u"70"_s);

    // An edit of the other node, made here.
    m_harness->workspace()->nodeActions().edit(table->model()->index(1, 0).data(core::IdRole).toString(),
                                               table);
    QVERIFY(opens(u"editNodeDialog"_s));
    enter(u"nodeRegion"_s, u"there"_s);
    press(u"formAccept"_s);
    QVERIFY(
        soon([&] { return table->model()->index(1, NodesModel::Region).data().toString() == u"there"_s; }));

    // The node that the window talks to dies; it goes on at the other.
    const api::Connection &connection = m_harness->workspace()->connection();
    QVERIFY(soon([&] { return connection.profile().members.size() == 1; }));
    m_first->kill();
    QVERIFY(soon([&] { return connection.isConnected() && connection.place() == u"two"_s; }));
    QVERIFY(!m_harness->flow());
    QVERIFY(soon([&] { return healthOf(u"one"_s) == u"Unavailable"_s; }));
    QCOMPARE(healthOf(u"two"_s), u"Healthy"_s);
    const auto *one = m_harness->workspace()->cluster().nodes().find(
        table->model()->index(0, 0).data(core::IdRole).toString());
    QVERIFY(one && !one->node.reason.empty());

    QVERIFY(m_first->start());
    QVERIFY(soon([&] { return healthOf(u"one"_s) == u"Healthy"_s; }));
}

void ClusterTest::aNodeJoinsAndLeavesFromItsOwnSide()
{
    connectTo(*m_first);
    const QString token = initialize(u"one"_s);
    QCOMPARE(token.size(), 64);
    m_harness = std::make_unique<WindowHarness>();
    connectTo(*m_second);
    m_harness->click(u"emptySecondAction"_s);
    QVERIFY(opens(u"joinDialog"_s));
    enter(u"joinEndpoint"_s, m_first->s3().toString());
    enter(u"joinToken"_s, QString(64, u'0'));
    enter(u"nodeName"_s, u"two"_s);
    press(u"formAccept"_s);
    QVERIFY(soon([&] {
        const auto *wrong = m_harness->nodeDialog()->findChild<QLabel *>(u"joinTokenProblem"_s);
        return wrong && wrong->isVisible();
    }));
    enter(u"joinToken"_s, token);
    press(u"formAccept"_s);

    QVERIFY(soon([&] { return healthOf(u"one"_s) == u"Healthy"_s && healthOf(u"two"_s) == u"Healthy"_s; }));
    QVERIFY(m_harness->workspace()->connection().isConnected());
    QVERIFY(!m_harness->flow());

    m_harness->trigger(u"rotateAction"_s);
    QVERIFY(opens(u"rotateDialog"_s));
    press(u"formAccept"_s);
    QVERIFY(opens(u"tokenDialog"_s));
    QVERIFY(m_harness->find<QLineEdit>(u"tokenText"_s, m_harness->nodeDialog())->text() != token);
    m_harness->find<QCheckBox>(u"tokenKept"_s, m_harness->nodeDialog())->setChecked(true);
    press(u"tokenDone"_s);

    m_harness->trigger(u"leaveAction"_s);
    QVERIFY(opens(u"removeNodeDialog"_s));
    press(u"formAccept"_s);
    QVERIFY(soon([&] { return m_harness->has<QAbstractButton>(u"emptyAction"_s); }));
    QVERIFY(soon([&] { return m_harness->workspace()->cluster().nodes().rowCount() == 1; }));
    QVERIFY(m_harness->workspace()->connection().isConnected());
    QVERIFY(!m_harness->flow());
}

}  // namespace maxiofs::test

using maxiofs::test::ClusterTest;
MAXIOFS_TEST(ClusterTest)
#include "cluster_test.moc"
