// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_runner.h"

#include "nodes_fixture.h"

#include "layout_check.h"
#include "widgets/fingerprint_view.h"

#include <QCheckBox>
#include <QClipboard>
#include <QGuiApplication>
#include <QJsonArray>
#include <QLabel>
#include <QPointer>
#include <QTimer>

namespace maxiofs::test {

using namespace Qt::StringLiterals;

// How a cluster grows: the dialogs that make one, join one and add a node, and the token that is shown once.
class JoinTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_page = std::make_unique<NodesFixture>(); }
    void cleanup() { m_page.reset(); }

    void initializingShowsTheTokenOnceAndForgetsIt();
    void theTokenIsNotLostByOneKeyPress();
    void aCopiedTokenLeavesTheClipboardAfterAMinute();
    void whatElseWasCopiedStaysInTheClipboard();
    void joiningSendsWhatWasEnteredAndStaysSignedIn();
    void whatIsWrongWithAJoinStandsAtItsField();
    void takenNamesAreListedAndCanBeAccepted();
    void noPasswordLeavesBeforeTheCertificateWasCompared();
    void anotherAddressAsksForItsOwnCertificate();
    void aNodeThatKnowsTheTokenNeedsNoPassword();
    void dialogsFitAndHaveNames();

private:
    // Makes a cluster of the lone node.
    bool showsToken()
    {
        if (!m_page->open())
            return false;
        m_page->harness->click(u"emptyAction"_s);
        if (!m_page->opens(u"initializeDialog"_s))
            return false;
        m_page->press(u"formAccept"_s);
        return m_page->opens(u"tokenDialog"_s);
    }

    std::unique_ptr<NodesFixture> m_page;
};

void JoinTest::initializingShowsTheTokenOnceAndForgetsIt()
{
    QVERIFY(m_page->open());
    const int logins = m_page->console->timesAsked("POST /api/v1/auth/login");
    m_page->harness->click(u"emptyAction"_s);
    QVERIFY(m_page->opens(u"initializeDialog"_s));
    m_page->enter(u"nodeName"_s, u"node-east-1"_s);
    m_page->enter(u"nodeRegion"_s, u"us-east-1"_s);
    m_page->press(u"formAccept"_s);

    QVERIFY(m_page->opens(u"tokenDialog"_s));
    const QString token = QString::fromStdString(m_page->console->clusterToken);
    QCOMPARE(m_page->in<QLineEdit>(u"tokenText"_s)->text(), token);
    QVERIFY(!m_page->in<QAbstractButton>(u"tokenDone"_s)->isEnabled());
    m_page->press(u"tokenCopy"_s);
    QCOMPARE(QGuiApplication::clipboard()->text(), token);
    m_page->in<QCheckBox>(u"tokenKept"_s)->setChecked(true);
    const QPointer<QLineEdit> field = m_page->in<QLineEdit>(u"tokenText"_s);
    m_page->press(u"tokenDone"_s);

    QVERIFY(!field || field->text().isEmpty());
    QCOMPARE(NodesFixture::placesOf(token), QStringList());
    QCOMPARE(QGuiApplication::clipboard()->text(), QString());
    QVERIFY(NodesFixture::soon([&] { return m_page->harness->workspace()->cluster().isCluster(); }));
    QVERIFY(NodesFixture::soon([&] { return m_page->harness->has<QAbstractButton>(u"addNode"_s); }));
    QVERIFY(!m_page->harness->has<QAbstractButton>(u"emptyAction"_s));
    QCOMPARE(m_page->console->timesAsked("POST /api/v1/auth/login"), logins);
    QVERIFY(m_page->harness->workspace()->connection().isConnected());
}

void JoinTest::theTokenIsNotLostByOneKeyPress()
{
    QVERIFY(showsToken());

    QTest::keyClick(m_page->harness->nodeDialog(), Qt::Key_Escape);
    QVERIFY(m_page->harness->nodeDialog() && m_page->harness->nodeDialog()->isVisible());
    QVERIFY(m_page->in<QLabel>(u"tokenNote"_s)->text().contains(u"Close again"_s));

    QTest::keyClick(m_page->harness->nodeDialog(), Qt::Key_Escape);
    QVERIFY(NodesFixture::soon([&] { return !m_page->harness->nodeDialog(); }));
    QCOMPARE(NodesFixture::placesOf(QString::fromStdString(m_page->console->clusterToken)), QStringList());
}

void JoinTest::aCopiedTokenLeavesTheClipboardAfterAMinute()
{
    QVERIFY(showsToken());
    auto *timer = m_page->harness->nodeDialog()->findChild<QTimer *>(u"tokenClipboardTimer"_s);
    QVERIFY(!timer->isActive());

    QTest::keyClick(m_page->in<QLineEdit>(u"tokenText"_s), Qt::Key_A, Qt::ControlModifier);
    QTest::keyClick(m_page->in<QLineEdit>(u"tokenText"_s), Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(QGuiApplication::clipboard()->text(), QString::fromStdString(m_page->console->clusterToken));
    QVERIFY(timer->isActive());
    timer->stop();
    m_page->press(u"tokenCopy"_s);
    QVERIFY(timer->isActive());
    QCOMPARE(timer->intervalAsDuration(), std::chrono::milliseconds(std::chrono::minutes(1)));
    timer->start(0);

    QVERIFY(NodesFixture::soon([] { return QGuiApplication::clipboard()->text().isEmpty(); }));
    QVERIFY(m_page->in<QLabel>(u"tokenNote"_s)->text().contains(u"no longer"_s));
    QCOMPARE(m_page->in<QLineEdit>(u"tokenText"_s)->text(),
             QString::fromStdString(m_page->console->clusterToken));
}

void JoinTest::whatElseWasCopiedStaysInTheClipboard()
{
    QVERIFY(showsToken());
    m_page->press(u"tokenCopy"_s);
    QGuiApplication::clipboard()->setText(u"something else"_s);
    m_page->in<QCheckBox>(u"tokenKept"_s)->setChecked(true);
    m_page->press(u"tokenDone"_s);

    QVERIFY(NodesFixture::soon([&] { return !m_page->harness->nodeDialog(); }));
    QCOMPARE(QGuiApplication::clipboard()->text(), u"something else"_s);
}

void JoinTest::joiningSendsWhatWasEnteredAndStaysSignedIn()
{
    QVERIFY(m_page->open());
    const int logins = m_page->console->timesAsked("POST /api/v1/auth/login");
    m_page->harness->click(u"emptySecondAction"_s);
    QVERIFY(m_page->opens(u"joinDialog"_s));
    QVERIFY(!m_page->in<QAbstractButton>(u"formAccept"_s)->isEnabled());
    m_page->enter(u"joinEndpoint"_s, u"node1"_s);
    m_page->in<QLineEdit>(u"joinToken"_s)->setText(u"  "_s + NodesFixture::token() + u"\n"_s);
    m_page->enter(u"nodeName"_s, u"node-2"_s);
    m_page->enter(u"nodePriority"_s, u"70"_s);
    m_page->enter(u"nodeMetadata"_s, u"rack=4"_s);
    m_page->press(u"formAccept"_s);

    QVERIFY(NodesFixture::soon([&] { return m_page->console->joins.size() == 1; }));
    const protocol::NodeRequest &sent = m_page->console->joins.front();
    QCOMPARE(sent.endpoint, std::string("https://node1:8080"));
    QCOMPARE(sent.nodeToken, NodesFixture::token().toStdString());
    QCOMPARE(sent.name, std::string("node-2"));
    QCOMPARE(sent.priority, std::optional<std::int64_t>(70));
    QCOMPARE(sent.metadata, std::optional(QJsonObject{{u"rack"_s, u"4"_s}}));
    QVERIFY(!sent.acceptRenames && sent.remotePassword.empty());
    QVERIFY(
        NodesFixture::soon([&] { return m_page->harness->workspace()->cluster().nodes().rowCount() == 2; }));
    QCOMPARE(m_page->console->timesAsked("POST /api/v1/auth/login"), logins);
    QVERIFY(NodesFixture::soon([&] { return NodesFixture::placesOf(NodesFixture::token()).isEmpty(); }));
}

void JoinTest::whatIsWrongWithAJoinStandsAtItsField()
{
    FakeConsole::Refusal refusal;
    m_page->console->refuseJoin = [&refusal](const protocol::NodeRequest &) { return refusal; };
    QVERIFY(m_page->open());
    m_page->harness->click(u"emptySecondAction"_s);
    QVERIFY(m_page->opens(u"joinDialog"_s));
    m_page->enter(u"joinEndpoint"_s, u"no address"_s);
    QVERIFY(!m_page->problemAt(u"joinEndpoint"_s).isEmpty());
    m_page->enter(u"joinEndpoint"_s, u"node1:8080"_s);
    QCOMPARE(m_page->problemAt(u"joinEndpoint"_s), QString());
    m_page->enter(u"joinToken"_s, u"xyz"_s);
    QVERIFY(!m_page->problemAt(u"joinToken"_s).isEmpty());
    m_page->enter(u"joinToken"_s, NodesFixture::token());
    m_page->enter(u"nodeMetadata"_s, u"rack"_s);
    QVERIFY(!m_page->problemAt(u"nodeMetadata"_s).isEmpty());
    QVERIFY(!m_page->in<QAbstractButton>(u"formAccept"_s)->isEnabled());
    m_page->enter(u"nodeMetadata"_s, QString());

    for (const auto &[code, field] :
         {std::pair("WrongToken", u"joinToken"_s), std::pair("PeerUnreachable", u"joinEndpoint"_s),
          std::pair("ClockSkew", u"form"_s)}) {
        refusal = {409, code, std::string("This is ") + code + ".", {}};
        m_page->press(u"formAccept"_s);
        QVERIFY2(
            NodesFixture::soon([&] { return m_page->problemAt(field).contains(QLatin1StringView(code)); }),
            code);
        QVERIFY(m_page->in<QLineEdit>(u"joinToken"_s)->isEnabled());
    }
    QVERIFY(!m_page->harness->workspace()->cluster().isCluster());
}

void JoinTest::takenNamesAreListedAndCanBeAccepted()
{
    m_page->console->refuseJoin = [](const protocol::NodeRequest &wish) {
        return wish.acceptRenames ? FakeConsole::Refusal()
                                  : FakeConsole::Refusal{409,
                                                         "NameClashes",
                                                         "Names are taken.",
                                                         {{u"names"_s, QJsonArray{u"ann"_s, u"media"_s}}}};
    };
    QVERIFY(m_page->open());
    m_page->harness->click(u"emptySecondAction"_s);
    QVERIFY(m_page->opens(u"joinDialog"_s));
    m_page->enter(u"joinEndpoint"_s, u"node1"_s);
    m_page->enter(u"joinToken"_s, NodesFixture::token());
    QVERIFY(!m_page->harness->nodeDialog()->findChild<QCheckBox *>(u"acceptRenames"_s)->isVisible());
    m_page->press(u"formAccept"_s);
    QVERIFY(NodesFixture::soon([&] { return m_page->problemAt(u"form"_s).contains(u"ann, media"_s); }));

    m_page->in<QCheckBox>(u"acceptRenames"_s)->setChecked(true);
    m_page->press(u"formAccept"_s);

    QVERIFY(NodesFixture::soon([&] { return m_page->harness->workspace()->cluster().isCluster(); }));
    QVERIFY(m_page->console->joins.back().acceptRenames);
}

void JoinTest::noPasswordLeavesBeforeTheCertificateWasCompared()
{
    m_page->console->clusterToken = NodesFixture::token().toStdString();
    QVERIFY(m_page->open());
    m_page->harness->click(u"addNode"_s);
    QVERIFY(m_page->opens(u"addNodeDialog"_s));
    QVERIFY(!m_page->harness->nodeDialog()->findChild<QLineEdit *>(u"addPassword"_s)->isVisible());
    m_page->enter(u"addEndpoint"_s, u"node2"_s);
    m_page->enter(u"nodeName"_s, u"node-west-1"_s);
    QCOMPARE(m_page->in<QAbstractButton>(u"formAccept"_s)->text(), u"Next"_s);
    m_page->press(u"formAccept"_s);

    QVERIFY(NodesFixture::soon([&] {
        return !m_page->harness->nodeDialog()->findChildren<widgets::FingerprintView *>().isEmpty();
    }));
    QCOMPARE(m_page->harness->nodeDialog()
                 ->findChild<widgets::FingerprintView *>()
                 ->accessibleDescription()
                 .toLower(),
             QString::fromStdString(NodesFixture::peer()));
    QCOMPARE(m_page->console->joins.size(), std::size_t(1));
    QVERIFY(m_page->console->joins.front().remotePassword.empty());
    QVERIFY(!m_page->harness->nodeDialog()->findChild<QLineEdit *>(u"addPassword"_s)->isVisible());
    QVERIFY(!m_page->in<QAbstractButton>(u"formAccept"_s)->isEnabled());
    m_page->in<QCheckBox>(u"addCompared"_s)->setChecked(true);
    m_page->enter(u"addPassword"_s, u"their secret"_s);
    m_page->press(u"formAccept"_s);

    QVERIFY(NodesFixture::soon([&] { return m_page->console->joins.size() == 2; }));
    QCOMPARE(m_page->console->joins.back().remotePassword, std::string("their secret"));
    QCOMPARE(m_page->console->joins.back().remoteFingerprint, NodesFixture::peer());
    QVERIFY(
        NodesFixture::soon([&] { return m_page->harness->workspace()->cluster().nodes().rowCount() == 2; }));
    QVERIFY(NodesFixture::soon([&] { return NodesFixture::placesOf(u"their secret"_s).isEmpty(); }));
}

void JoinTest::anotherAddressAsksForItsOwnCertificate()
{
    m_page->console->clusterToken = NodesFixture::token().toStdString();
    QVERIFY(m_page->open());
    m_page->harness->trigger(u"addNodeAction"_s);
    QVERIFY(m_page->opens(u"addNodeDialog"_s));
    m_page->enter(u"addEndpoint"_s, u"node2"_s);
    m_page->enter(u"nodeName"_s, u"x"_s);
    m_page->press(u"formAccept"_s);
    QVERIFY(NodesFixture::soon(
        [&] { return m_page->harness->nodeDialog()->findChild<widgets::FingerprintView *>() != nullptr; }));
    m_page->in<QCheckBox>(u"addCompared"_s)->setChecked(true);
    m_page->enter(u"addPassword"_s, u"their secret"_s);

    m_page->enter(u"addEndpoint"_s, u"node3"_s);

    QVERIFY(!m_page->harness->nodeDialog()->findChild<widgets::FingerprintView *>());
    QCOMPARE(NodesFixture::placesOf(u"their secret"_s), QStringList());
    QCOMPARE(m_page->in<QAbstractButton>(u"formAccept"_s)->text(), u"Next"_s);
}

void JoinTest::aNodeThatKnowsTheTokenNeedsNoPassword()
{
    m_page->console->clusterToken = NodesFixture::token().toStdString();
    QVERIFY(m_page->open());
    m_page->harness->click(u"addNode"_s);
    QVERIFY(m_page->opens(u"addNodeDialog"_s));
    m_page->enter(u"addEndpoint"_s, u"node2"_s);
    m_page->enter(u"nodeName"_s, u"node-2"_s);
    QTest::mouseClick(m_page->in<QAbstractButton>(u"segment1"_s), Qt::LeftButton);
    QVERIFY(!m_page->in<QAbstractButton>(u"formAccept"_s)->isEnabled());
    m_page->enter(u"addToken"_s, NodesFixture::token());
    m_page->press(u"formAccept"_s);

    QVERIFY(
        NodesFixture::soon([&] { return m_page->harness->workspace()->cluster().nodes().rowCount() == 2; }));
    QVERIFY(m_page->console->joins.back().remoteUsername.empty());
    QCOMPARE(m_page->console->joins.back().nodeToken, NodesFixture::token().toStdString());
}

void JoinTest::dialogsFitAndHaveNames()
{
    m_page->console->clusterToken = NodesFixture::token().toStdString();
    QVERIFY(m_page->open());
    for (const QString &theme : {u"theme-light"_s, u"theme-dark"_s}) {
        m_page->harness->trigger(theme);
        m_page->harness->trigger(u"addNodeAction"_s);
        QVERIFY(m_page->opens(u"addNodeDialog"_s));
        m_page->enter(u"addEndpoint"_s, u"node2"_s);
        m_page->enter(u"nodeName"_s, u"x"_s);
        m_page->press(u"formAccept"_s);
        QVERIFY(NodesFixture::soon([&] {
            return m_page->harness->nodeDialog()->findChild<widgets::FingerprintView *>() != nullptr;
        }));
        m_page->in<QCheckBox>(u"addCompared"_s)->setChecked(true);
        QStringList wrong;
        QVERIFY2(NodesFixture::soon(
                     [&] { return (wrong = layoutProblems(*m_page->harness->nodeDialog())).isEmpty(); }),
                 qUtf8Printable(wrong.join(u'\n')));
        QCOMPARE(namelessControls(*m_page->harness->nodeDialog()), QStringList());
        m_page->harness->nodeDialog()->reject();
        QVERIFY(NodesFixture::soon([&] { return !m_page->harness->nodeDialog(); }));
    }
}

}  // namespace maxiofs::test

using maxiofs::test::JoinTest;
MAXIOFS_TEST(JoinTest)
#include "join_test.moc"
