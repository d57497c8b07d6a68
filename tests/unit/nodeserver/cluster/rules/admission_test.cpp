// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/admission.h"

#include "cluster/rules/membership.h"
#include "support/test_runner.h"

using namespace Qt::StringLiterals;
using namespace std::string_literals;
using namespace maxiofs;
using namespace maxiofs::cluster::rules;

namespace admission_test {

constexpr char kPinned[] = "pinned";

NodeId idOf(int number)
{
    NodeId id;
    id.bytes[0] = static_cast<std::byte>(number);
    return id;
}

const NodeId kSelf = idOf(1);
const NodeId kKnown = idOf(2);
const NodeId kGone = idOf(3);
const NodeId kStranger = idOf(4);

records::Record nodeRecord(const NodeId &id, bool deleted)
{
    QJsonObject body;
    if (!deleted)
        body.insert("certificate"_L1, QString::fromLatin1(kPinned));
    return {records::Kind::Node, id.uuid(), body, {}, {}, deleted, "cluster"};
}

MemberState memberState()
{
    MemberState state{kSelf, "cluster", ClusterSecrets(), {}, false};
    state.secrets->token = "current";
    state.secrets->previousToken = "previous";
    state.secrets->formerTokens = {"former"};
    return state;
}

Admission ofMember()
{
    std::vector<records::Record> nodes;
    nodes.push_back(nodeRecord(kKnown, false));
    nodes.push_back(nodeRecord(kGone, true));
    return {memberState(), nodes, {"invitation"}, "unused"};
}

Admission ofLoneNode(bool joining)
{
    MemberState state{kSelf, {}, {}, {}, false};
    if (joining)
        state.intent.emplace();
    return {state, {}, {}, "configured"};
}

std::optional<std::string> keyOf(const Admission &admission, Proof proof, const std::string &signedWith)
{
    return admission.keyThat(proof, [&](const std::string &key) { return key == signedWith; });
}

}  // namespace admission_test

using namespace admission_test;

class AdmissionTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void membersAreLetInByTokenAndPinnedCertificate()
    {
        const Admission admission = ofMember();

        QVERIFY(!admission.refuse(Proof::Member, {kKnown, kPinned, {}, true}));
        QVERIFY(!admission.refuse(Proof::Member, {kKnown, {}, {}, true}));
        QCOMPARE(admission.refuse(Proof::Member, {kKnown, "other", {}, true}),
                 std::optional(Refusal::WrongCertificate));
        QCOMPARE(admission.refuse(Proof::Member, {kKnown, kPinned, {}, false}),
                 std::optional(Refusal::WrongToken));
        QCOMPARE(admission.refuse(Proof::Member, {kKnown, {}, {}, false}),
                 std::optional(Refusal::WrongToken));
        QCOMPARE(admission.refuse(Proof::Member, {kStranger, kPinned, {}, true}),
                 std::optional(Refusal::UnknownNode));
        QCOMPARE(admission.refuse(Proof::Member, {kGone, kPinned, {}, true}),
                 std::optional(Refusal::Removed));
    }

    void aPinnedCertificateAloneProvesWhereTheTokenMayDiffer()
    {
        const Admission admission = ofMember();

        QVERIFY(!admission.refuse(Proof::Certificate, {kKnown, kPinned, {}, false}));
        QCOMPARE(admission.refuse(Proof::Certificate, {kKnown, {}, {}, true}),
                 std::optional(Refusal::WrongCertificate));
        QCOMPARE(admission.refuse(Proof::Certificate, {kKnown, "other", {}, true}),
                 Refusal::WrongCertificate);
        QCOMPARE(admission.refuse(Proof::Certificate, {kStranger, kPinned, {}, true}),
                 std::optional(Refusal::UnknownNode));
        QCOMPARE(admission.refuse(Proof::Certificate, {kGone, kPinned, {}, true}),
                 std::optional(Refusal::Removed));
    }

    void joinersAreLetInByAKeyAndTheCertificateThatTheyName()
    {
        const Admission admission = ofMember();

        QVERIFY(!admission.refuse(Proof::Join, {kStranger, "new", "new", true}));
        QCOMPARE(admission.refuse(Proof::Join, {kStranger, "new", "new", false}),
                 std::optional(Refusal::WrongToken));
        QCOMPARE(admission.refuse(Proof::Join, {kStranger, "new", "other", true}),
                 std::optional(Refusal::WrongCertificate));
        QCOMPARE(admission.refuse(Proof::Join, {kStranger, {}, {}, true}),
                 std::optional(Refusal::WrongCertificate));
        QCOMPARE(admission.refuse(Proof::Join, {kGone, "new", "new", true}), std::optional(Refusal::Removed));
    }

    void aMemberWhoseConfirmWasLostNeedsNoToken()
    {
        const Admission admission = ofMember();

        QVERIFY(!admission.refuse(Proof::Join, {kKnown, kPinned, kPinned, false}));
        QCOMPARE(admission.refuse(Proof::Join, {kKnown, "other", "other", false}),
                 std::optional(Refusal::WrongToken));
    }

    void loneNodesLetOnlyInvitationsIn()
    {
        for (const Proof proof : {Proof::Member, Proof::Certificate, Proof::Join}) {
            QCOMPARE(ofLoneNode(false).refuse(proof, {kKnown, kPinned, kPinned, true}),
                     std::optional(Refusal::Lone));
            QCOMPARE(ofLoneNode(true).refuse(proof, {kKnown, kPinned, kPinned, true}),
                     std::optional(Refusal::Joining));
        }
        QVERIFY(!ofLoneNode(false).refuse(Proof::Invite, {kKnown, {}, {}, false}));
    }

    void eachProofHasItsKeys()
    {
        const Admission admission = ofMember();

        for (const Proof proof : {Proof::Member, Proof::Join}) {
            QVERIFY(keyOf(admission, proof, "current"));
            QVERIFY(keyOf(admission, proof, "previous"));
            QVERIFY(!keyOf(admission, proof, "former"));
            QVERIFY(!keyOf(admission, proof, "unused"));
            QVERIFY(!keyOf(admission, proof, {}));
        }
        QVERIFY(!keyOf(admission, Proof::Member, "invitation"));
        QCOMPARE(keyOf(admission, Proof::Join, "invitation"), std::optional("invitation"s));
        QVERIFY(!keyOf(admission, Proof::Invite, "current"));
        QVERIFY(keyOf(ofLoneNode(false), Proof::Invite, "configured"));
        QVERIFY(!keyOf(ofLoneNode(false), Proof::Join, "configured"));
    }

    void refusalsAreKnownAgainByTheirError()
    {
        for (const Refusal refusal : {Refusal::Lone, Refusal::Joining, Refusal::UnknownNode, Refusal::Removed,
                                      Refusal::WrongCertificate, Refusal::WrongToken}) {
            const Error error = errorOf(refusal, kKnown, kSelf);
            QCOMPARE(refusalOf(error), std::optional(refusal));
            QVERIFY(error.message.find(kKnown.uuid()) != std::string::npos);
            QCOMPARE(refuserIn(error), refusal == Refusal::UnknownNode ? kSelf : NodeId());
        }
        QVERIFY(refuserIn(errorOf(Refusal::UnknownNode, kKnown)).isNull());
        QVERIFY(!refusalOf(Error(Error::Denied, "no right", "photos")));
        QVERIFY(!refusalOf(Error(Error::Busy, "later", "node-removed")));
    }

    void everyRequestHasItsProof()
    {
        QCOMPARE(proofOf(JoinOffer()), Proof::Join);
        QCOMPARE(proofOf(JoinConfirm()), Proof::Join);
        QCOMPARE(proofOf(JoinInvite()), Proof::Invite);
        QCOMPARE(proofOf(FetchSecrets()), Proof::Certificate);
        QCOMPARE(proofOf(DeliverSecrets()), Proof::Certificate);
        QCOMPARE(proofOf(LeaveCluster()), Proof::Certificate);
        QCOMPARE(proofOf(Beat()), Proof::Member);
        QCOMPARE(proofOf(PushRecords()), Proof::Member);
    }
};

MAXIOFS_TEST(AdmissionTest)

#include "admission_test.moc"
