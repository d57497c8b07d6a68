// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/internal/internal_service.h"

#include "cluster/link/signature.h"
#include "cluster/rules/membership.h"
#include "protocol/json.h"
#include "support/fake_exchange.h"
#include "support/run_coroutine.h"
#include "support/test_runner.h"

using namespace maxiofs;
using namespace maxiofs::cluster;
using namespace std::string_literals;
using namespace Qt::StringLiterals;

namespace internal_service_test {

constexpr std::int64_t kNowMs = 1'765'621'800'000;
const std::string kToken(64, '1');
const std::string kInviteToken(64, '2');
const std::string kOwnCertificate(64, 'a');
const std::string kMemberCertificate(64, 'b');
const std::string kStrangerCertificate(64, 'c');
const NodeId kMember = *NodeId::fromUuid("11111111-2222-4333-8444-555555555555");
const NodeId kRemoved = *NodeId::fromUuid("99999999-2222-4333-8444-555555555555");
const NodeId kJoiner = *NodeId::fromUuid("77777777-2222-4333-8444-555555555555");

class TestClock final : public Clock {
public:
    [[nodiscard]] std::int64_t unixMs() const override { return nowMs; }
    std::int64_t nowMs = kNowMs;
};

records::Record nodeRecord(const NodeId &id, const std::string &certificate, bool removed = false)
{
    records::Record record;
    record.kind = records::Kind::Node;
    record.id = id.uuid();
    record.deleted = removed;
    record.stamp = {1, id};
    if (!removed) {
        record.body = {{"name"_L1, u"n"_s},
                       {"endpoint"_L1, u"https://n:1"_s},
                       {"certificate"_L1, QString::fromStdString(certificate)},
                       {"member_number"_L1, 2}};
    }
    return record;
}

std::shared_ptr<const rules::Admission> admissionOf(bool isMember)
{
    rules::MemberState state;
    std::vector<records::Record> nodes;
    if (isMember) {
        state.clusterId = "c";
        state.secrets.emplace();
        state.secrets->token = kToken;
        nodes.push_back(nodeRecord(kMember, kMemberCertificate));
        nodes.push_back(nodeRecord(kRemoved, {}, true));
    }
    return std::make_shared<const rules::Admission>(state, nodes, std::vector<std::string>(), kInviteToken);
}

// What a request looks like; each test spoils one thing.
struct Call {
    std::string method = "POST";
    std::string target = "/api/internal/cluster/beat";
    std::string body = R"({"format":1})";
    std::string token = kToken;
    NodeId node = kMember;
    std::int64_t wallMs = kNowMs;
    std::string certificate = kMemberCertificate;
    std::string without;                                       // a header that is left out
    std::vector<std::pair<std::string, std::string>> instead;  // headers with other values
};

class Service {
public:
    explicit Service(bool isMember = true)
        : m_door([isMember] { return admissionOf(isMember); }, clock),
          m_pool(1)
    {
        const auto echo = [this](link::InternalCall call) -> net::Awaitable<Result<QJsonObject>> {
            ++answered;
            last = call;
            co_return QJsonObject{{"size"_L1, call.body.size()}};
        };
        for (const auto name : {"beat", "record-sync", "join-offer", "join-invite", "secrets-fetch"})
            m_handlers.add(name, echo);
        m_handlers.add("leave-cluster", [](link::InternalCall) -> net::Awaitable<Result<QJsonObject>> {
            co_return failure(Error::Busy, "It owns buckets.", "photos");
        });
        m_handlers.addBytes("replica-apply",
                            [this](link::InternalCall call) -> net::Awaitable<Result<std::string>> {
                                ++answered;
                                last = call;
                                if (call.bytes.empty())
                                    co_return failure(Error::Busy, "Nothing came.", "bytes");
                                co_return std::string(call.bytes.rbegin(), call.bytes.rend());
                            });
        m_handlers.addStream("object-read",
                             [](link::InternalCall, http::Exchange &exchange) -> net::Awaitable<Status> {
                                 http::ResponseHead head(200);
                                 co_return co_await exchange.respond(std::move(head), "bytes");
                             });
        m_service.emplace(
            api::internal::InternalService::Context{m_door, m_handlers, m_pool, kOwnCertificate});
    }

    std::unique_ptr<test::FakeExchange> send(const Call &call)
    {
        return send(call, link::sign(call.token, call.node, call.method, call.target, asBytes(call.body),
                                     call.wallMs));
    }
    std::unique_ptr<test::FakeExchange> send(const Call &call, const link::SignatureHeaders &headers)
    {
        std::vector<std::pair<std::string, std::string>> fields{
            {std::string(link::kNodeIdHeader), headers.nodeId},
            {std::string(link::kTimestampHeader), headers.timestamp},
            {std::string(link::kNonceHeader), headers.nonce},
            {std::string(link::kSignatureHeader), headers.signature}};
        std::string head = call.method + " " + call.target + " HTTP/1.1\r\n";
        for (auto &[name, value] : fields) {
            for (const auto &[other, replaced] : call.instead)
                value = name == other ? replaced : value;
            if (name != call.without)
                head += name + ": " + value + "\r\n";
        }
        auto exchange = std::make_unique<test::FakeExchange>(head, call.body);
        if (!call.certificate.empty())
            exchange->showCertificate(call.certificate);
        test::runCoroutine(m_service->handle(*exchange));
        return exchange;
    }

    TestClock clock;
    int answered = 0;
    link::InternalCall last;

private:
    link::Door m_door;
    link::InternalHandlers m_handlers;
    net::BlockingPool m_pool;
    std::optional<api::internal::InternalService> m_service;
};

std::string codeIn(const test::FakeExchange &exchange)
{
    return protocol::parseObject(QByteArray::fromStdString(exchange.sent))
        .value()
        .value("code"_L1)
        .toString()
        .toStdString();
}

// "401 BadNonce"
std::string refusal(const test::FakeExchange &exchange)
{
    return std::to_string(exchange.sentStatus()) + " " + codeIn(exchange);
}

Call joinOf(const std::string &stated)
{
    Call call;
    call.target = "/api/internal/cluster/join-offer";
    call.node = kJoiner;
    call.certificate = kStrangerCertificate;
    const QJsonObject self{{"id"_L1, QString::fromStdString(kJoiner.uuid())},
                           {"certificate"_L1, QString::fromStdString(stated)}};
    call.body = protocol::toText({{"format"_L1, 1}, {"self"_L1, self}}).toStdString();
    return call;
}

}  // namespace internal_service_test

using namespace internal_service_test;

class InternalServiceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aValidSignatureIsLetIn()
    {
        Service service;

        const auto exchange = service.send({});

        QCOMPARE(exchange->sentStatus(), 200U);
        QCOMPARE(QByteArray::fromStdString(exchange->sent), QByteArray(R"({"format":1,"size":1})"));
        QCOMPARE(service.last.from, kMember);
        QCOMPARE(service.last.certificate, kMemberCertificate);
        QCOMPARE(service.last.key, kToken);
    }

    void aPlainRequestThatIsSignedIsLetIn()
    {
        Service service;
        Call call;
        call.certificate.clear();

        QCOMPARE(service.send(call)->sentStatus(), 200U);
        QCOMPARE(service.last.certificate, ""s);
    }

    void anInvalidSignatureIsRefused()
    {
        Service service;
        Call otherToken;
        otherToken.token = std::string(64, '3');
        Call otherBody;
        const link::SignatureHeaders good =
            link::sign(kToken, kMember, "POST", otherBody.target, asBytes(otherBody.body), kNowMs);
        otherBody.body = R"({"format":1,"x":1})";
        Call malformed;
        malformed.instead = {{"X-MaxIOFS-Signature", "zz"}};

        QCOMPARE(refusal(*service.send(otherToken)), "401 BadSignature"s);
        QCOMPARE(refusal(*service.send(otherBody, good)), "401 BadSignature"s);
        QCOMPARE(refusal(*service.send(malformed)), "401 BadSignature"s);
        QCOMPARE(service.answered, 0);
    }

    void aMissingHeaderIsRefusedBeforeTheBody()
    {
        for (const auto name :
             {"X-MaxIOFS-Node-ID", "X-MaxIOFS-Timestamp", "X-MaxIOFS-Nonce", "X-MaxIOFS-Signature"}) {
            Service service;
            Call call;
            call.without = name;

            const auto exchange = service.send(call);

            QCOMPARE(refusal(*exchange), "401 MissingHeader"s);
            QVERIFY(!exchange->bodyFinished());
        }
    }

    void anExpiredTimestampIsRefusedBeforeTheBody()
    {
        Service service;
        Call call;
        for (const std::int64_t offMs : {-301'000, 301'000}) {
            call.wallMs = kNowMs + offMs;

            const auto exchange = service.send(call);

            QCOMPARE(refusal(*exchange), "401 ClockSkew"s);
            QVERIFY(!exchange->bodyFinished());
        }
        call.wallMs = kNowMs - 299'000;
        QCOMPARE(service.send(call)->sentStatus(), 200U);
    }

    void aReplayIsRefused()
    {
        Service service;
        const Call call;
        const link::SignatureHeaders headers =
            link::sign(kToken, kMember, call.method, call.target, asBytes(call.body), kNowMs);
        QCOMPARE(service.send(call, headers)->sentStatus(), 200U);

        QCOMPARE(refusal(*service.send(call, headers)), "401 Replayed"s);

        service.clock.nowMs += 300'000;
        QCOMPARE(refusal(*service.send(call, headers)), "401 Replayed"s);
        service.clock.nowMs += 1'000;
        QCOMPARE(refusal(*service.send(call, headers)), "401 ClockSkew"s);
        QCOMPARE(service.answered, 1);
    }

    void wrongFormsHaveTheirOwnCodes()
    {
        Service service;
        Call timestamp;
        timestamp.instead = {{"X-MaxIOFS-Timestamp", "17656218"}};
        Call nonce;
        nonce.instead = {{"X-MaxIOFS-Nonce", "11111111-2222-4333-8444-55555555555F"}};
        Call node;
        node.instead = {{"X-MaxIOFS-Node-ID", "node-1"}};

        QCOMPARE(refusal(*service.send(timestamp)), "401 BadTimestamp"s);
        QCOMPARE(refusal(*service.send(nonce)), "401 BadNonce"s);
        QCOMPARE(refusal(*service.send(node)), "401 UnknownNode"s);
    }

    void unknownAndRemovedNodesStayOutside()
    {
        Service service;
        Call unknown;
        unknown.node = kJoiner;
        Call removed;
        removed.node = kRemoved;

        const auto exchange = service.send(removed);
        QCOMPARE(refusal(*exchange), "401 RemovedNode"s);
        QVERIFY(!exchange->bodyFinished());
        const Error error = link::errorOf(401, exchange->sent);
        QCOMPARE(rules::refusalOf(error), std::optional(rules::Refusal::Removed));
        QCOMPARE(refusal(*service.send(unknown)), "401 UnknownNode"s);
        QCOMPARE(refusal(*Service(false).send({})), "401 LoneNode"s);
    }

    void anotherCertificateIsRefusedBeforeTheBody()
    {
        Service service;
        Call call;
        call.certificate = kStrangerCertificate;

        const auto exchange = service.send(call);

        QCOMPARE(refusal(*exchange), "401 WrongCertificate"s);
        QVERIFY(!exchange->bodyFinished());
    }

    void whatTheCertificateProvesNeedsNoToken()
    {
        Service service;
        Call call;
        call.target = "/api/internal/cluster/secrets-fetch";
        call.token = "an old token";
        Call plain = call;
        plain.certificate.clear();

        QCOMPARE(service.send(call)->sentStatus(), 200U);
        QCOMPARE(service.last.key, ""s);
        QCOMPARE(refusal(*service.send(plain)), "401 WrongCertificate"s);
    }

    void aJoinIsProvenByTheTokenAndItsOwnCertificate()
    {
        Service service;
        const Call good = joinOf(kStrangerCertificate);
        Call wrongToken = good;
        wrongToken.token = "guess";
        Call plain = good;
        plain.certificate.clear();
        Call otherNode = good;
        otherNode.node = NodeId::random();

        const link::SignatureHeaders headers =
            link::sign(kToken, kJoiner, "POST", good.target, asBytes(good.body), kNowMs);
        const auto exchange = service.send(good, headers);

        QCOMPARE(exchange->sentStatus(), 200U);
        const link::AnswerParts parts{good.target, headers.nonce, kStrangerCertificate, kOwnCertificate,
                                      asBytes(exchange->sent)};
        QCOMPARE(std::string(exchange->response.find(link::kAnswerProofHeader).value_or("")),
                 link::answerProof(kToken, parts));
        QCOMPARE(refusal(*service.send(wrongToken)), "401 BadSignature"s);
        QCOMPARE(refusal(*service.send(plain)), "401 WrongCertificate"s);
        QCOMPARE(refusal(*service.send(otherNode)), "401 UnknownNode"s);
        QCOMPARE(refusal(*service.send(joinOf(kMemberCertificate))), "401 WrongCertificate"s);
    }

    void anInvitationTellsWhetherTheTokenProvesIt()
    {
        Service service(false);
        Call call;
        call.target = "/api/internal/cluster/join-invite";
        call.token = kInviteToken;

        QCOMPARE(service.send(call)->sentStatus(), 200U);
        QCOMPARE(service.last.key, kInviteToken);
        call.token = "something else";
        QCOMPARE(service.send(call)->sentStatus(), 200U);
        QCOMPARE(service.last.key, ""s);
    }

    void sizesAreLimitedBeforeTheBodyIsRead()
    {
        Service service;
        Call call;
        call.target = "/api/internal/cluster/record-sync";
        const QString filler(static_cast<qsizetype>(link::kMaxPlainBody), u'x');
        call.body = protocol::toText({{"format"_L1, 1}, {"x"_L1, filler}}).toStdString();
        Call plain = call;
        plain.certificate.clear();

        QCOMPARE(service.send(call)->sentStatus(), 200U);
        const auto exchange = service.send(plain);
        QCOMPARE(refusal(*exchange), "413 EntityTooLarge"s);
        QVERIFY(!exchange->bodyFinished());
        call.body = std::string(link::kMaxSignedBody + 1, 'x');
        QCOMPARE(refusal(*service.send(call)), "413 EntityTooLarge"s);
    }

    void onlyKnownRoutesAndPostAreAnswered()
    {
        Service service;
        Call query;
        query.target = "/api/internal/cluster/beat?x=1";
        Call unknown;
        unknown.target = "/api/internal/cluster/nothing";
        Call unanswered;
        unanswered.target = "/api/internal/cluster/events-since";
        Call get;
        get.method = "GET";

        QCOMPARE(refusal(*service.send(query)), "404 NotFound"s);
        QCOMPARE(refusal(*service.send(unknown)), "404 NotFound"s);
        QCOMPARE(refusal(*service.send(unanswered)), "404 NotFound"s);
        const auto exchange = service.send(get);
        QCOMPARE(exchange->sentStatus(), 405U);
        QCOMPARE(std::string(exchange->response.find("Allow").value_or("")), "POST"s);
    }

    void bodiesMustBeJsonOfAKnownFormat()
    {
        Service service;
        Call call;
        for (const auto body : {"{", "[]", "{}", R"({"format":"1"})"}) {
            call.body = body;
            QCOMPARE(refusal(*service.send(call)), "400 InvalidArgument"s);
        }
        call.body = R"({"format":2})";
        QCOMPARE(refusal(*service.send(call)), "400 Unsupported"s);
        call.body.clear();
        QCOMPARE(refusal(*service.send(call)), "400 InvalidArgument"s);
        QCOMPARE(service.answered, 0);
    }

    void bytesAreGivenAsTheyAreOnceTheSignatureIsGood()
    {
        Service service;
        Call call;
        call.target = "/api/internal/cluster/replica-apply";
        call.body = "\x00{not json\xff"s;
        Call forged = call;
        forged.token = std::string(64, '3');
        Call large = call;
        large.body = std::string(link::kMaxSignedBody, '\x01');
        Call tooLarge = call;
        tooLarge.body = std::string(link::kMaxSignedBody + 1, '\x01');

        const auto exchange = service.send(call);
        QCOMPARE(exchange->sentStatus(), 200U);
        QCOMPARE(exchange->sent, "\xffnosj ton{\x00"s);
        QCOMPARE(service.last.bytes, call.body);
        QCOMPARE(std::string(exchange->response.find("Content-Type").value_or("")),
                 "application/octet-stream"s);
        QCOMPARE(refusal(*service.send(forged)), "401 BadSignature"s);
        QCOMPARE(service.answered, 1);
        QCOMPARE(service.send(large)->sent.size(), link::kMaxSignedBody);
        QCOMPARE(refusal(*service.send(tooLarge)), "413 EntityTooLarge"s);
        call.body.clear();
        QCOMPARE(refusal(*service.send(call)), "503 Busy"s);
    }

    void aHandlersErrorReachesTheCaller()
    {
        Service service;
        Call call;
        call.target = "/api/internal/cluster/leave-cluster";

        const auto exchange = service.send(call);

        const Error error = link::errorOf(exchange->sentStatus(), exchange->sent);
        QCOMPARE(exchange->sentStatus(), 503U);
        QCOMPARE(error.code, Error::Busy);
        QCOMPARE(error.subject, "photos"s);
    }

    void aStreamAnswersItself()
    {
        Service service;
        Call call;
        call.target = "/api/internal/cluster/object-read";

        const auto exchange = service.send(call);

        QCOMPARE(exchange->sentStatus(), 200U);
        QCOMPARE(exchange->sent, "bytes"s);
    }
};

MAXIOFS_TEST(InternalServiceTest)
#include "internal_service_test.moc"
