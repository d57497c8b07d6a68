// SPDX-License-Identifier: GPL-3.0-or-later
// Both ends of the internal routes, over real connections.
#include "cluster/peer_link.h"

#include "api/internal/internal_service.h"
#include "cluster/rules/membership.h"
#include "support/node_credentials.h"
#include "support/run_coroutine.h"
#include "support/server_fixture.h"
#include "support/test_runner.h"

#include <future>

using namespace maxiofs;
using namespace maxiofs::cluster;
using namespace std::chrono_literals;
using namespace std::string_literals;
using namespace Qt::StringLiterals;

namespace peer_link_test {

const std::string kPeerToken(64, '1');
const std::string kRecordKey(64, '5');
const NodeId kAsker = *NodeId::fromUuid("11111111-2222-4333-8444-555555555555");
const NodeId kAnswerer = *NodeId::fromUuid("22222222-2222-4333-8444-555555555555");
constexpr std::int64_t kLimitMs = 30'000;

const test::NodeCredentials &askerCredentials()
{
    static const auto credentials = test::NodeCredentials::make();
    return credentials;
}
const test::NodeCredentials &answererCredentials()
{
    static const auto credentials = test::NodeCredentials::make();
    return credentials;
}

records::Record peerRecord(const NodeId &id, const std::string &certificate)
{
    records::Record record;
    record.kind = records::Kind::Node;
    record.id = id.uuid();
    record.stamp = {1, id};
    record.body = {{"certificate"_L1, QString::fromStdString(certificate)}};
    return record;
}

// A member that knows the asker and answers what a test wants.
class Answerer {
public:
    Answerer()
        : door(
              [this] {
                  rules::MemberState state;
                  state.clusterId = "c";
                  state.secrets.emplace();
                  state.secrets->token = token;
                  std::vector<records::Record> nodes;
                  if (knowsAsker)
                      nodes.push_back(peerRecord(kAsker, askerCredentials().fingerprint));
                  return std::make_shared<const rules::Admission>(state, nodes, std::vector<std::string>(),
                                                                  std::string());
              },
              SystemClock::instance()),
          pool(1),
          service({door, handlers, pool, answererCredentials().fingerprint}),
          server([this](http::Exchange &exchange) { return handle(exchange); })
    {
        server.server.setTls(answererCredentials().servers);
    }

    net::Awaitable<void> handle(http::Exchange &exchange)
    {
        if (!stripsProofs || !api::internal::InternalService::isInternal(exchange.head()))
            return service.handle(exchange);
        return answerWithoutProof(exchange);
    }
    net::Awaitable<void> answerWithoutProof(http::Exchange &exchange)
    {
        http::ResponseHead head(200, "application/json");
        [[maybe_unused]] const Status sent = co_await exchange.respond(std::move(head), "{\"format\":1}");
    }
    [[nodiscard]] rules::Peer peer() const
    {
        return {kAnswerer, "http://127.0.0.1:" + std::to_string(server.port()),
                answererCredentials().fingerprint};
    }

    std::string token = kPeerToken;
    bool knowsAsker = true;
    bool stripsProofs = false;
    link::InternalHandlers handlers;
    link::Door door;
    net::BlockingPool pool;
    api::internal::InternalService service;
    test::ServerFixture server;
};

class Asker {
public:
    Asker()
        : client(threads),
          link(client, SystemClock::instance(), [this](const auto &peer, const auto &error) {
              const base::MutexLock lock(mutex);
              refusals.emplace_back(peer.id, error.subject);
          })
    {
        client.setTls(askerCredentials().nodes);
        threads.start();
    }
    ~Asker() { client.stop(); }

    void know(const rules::Peer &peer, const std::string &token = kPeerToken)
    {
        LinkKeys keys;
        keys.self = kAsker;
        keys.ownCertificate = askerCredentials().fingerprint;
        keys.token = token;
        keys.recordKey = kRecordKey;
        keys.members.emplace(peer.id, LinkKeys::Member{peer, token});
        link.setKeys(std::move(keys));
    }
    Result<rules::Answer> ask(const rules::Peer &peer, rules::Request request)
    {
        std::promise<Result<rules::Answer>> answered;
        link.ask(peer, std::move(request), kLimitMs,
                 [&](MachineThread::Read read) { answered.set_value(read()); });
        return answered.get_future().get();
    }
    std::vector<std::pair<NodeId, std::string>> refused()
    {
        const base::MutexLock lock(mutex);
        return refusals;
    }

    net::IoThreads threads{2, "io", std::chrono::milliseconds(10)};
    http::Client client;
    base::Mutex mutex;
    std::vector<std::pair<NodeId, std::string>> refusals GUARDED_BY(mutex);
    PeerLink link;
};

records::Record settingOf(const std::string &id, qsizetype size)
{
    records::Record record;
    record.kind = records::Kind::Setting;
    record.id = id;
    record.stamp = {1, kAsker};
    record.body = {{"x"_L1, QString(size, u'x')}};
    return record;
}

rules::NodeDescription describePeer(const NodeId &id, const std::string &certificate)
{
    rules::NodeDescription self;
    self.id = id;
    self.certificate = certificate;
    return self;
}

}  // namespace peer_link_test

using namespace peer_link_test;

class PeerLinkTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aMemberIsAskedAndAnswers()
    {
        Answerer answerer;
        answerer.handlers.add("beat", [](link::InternalCall) -> net::Awaitable<Result<QJsonObject>> {
            rules::BeatAnswer beat;
            beat.wallMs = 77;
            co_return link::MessageCodec("").encode(rules::Answer(beat), {});
        });
        Asker asker;
        asker.know(answerer.peer());

        const auto answer = asker.ask(answerer.peer(), rules::Beat{});

        QVERIFY2(answer, answer ? "" : qPrintable(QString::fromStdString(answer.error().message)));
        QCOMPARE(std::get<rules::BeatAnswer>(*answer).wallMs, std::int64_t{77});
        QVERIFY(asker.refused().empty());
    }

    void aRefusalIsToldToWhoWantsToKnow()
    {
        Answerer answerer;
        answerer.handlers.add("beat", [](link::InternalCall) -> net::Awaitable<Result<QJsonObject>> {
            co_return QJsonObject();
        });
        Asker asker;
        asker.know(answerer.peer(), "another token");

        const auto answer = asker.ask(answerer.peer(), rules::Beat{});

        QVERIFY(!answer);
        QCOMPARE(rules::refusalOf(answer.error()), std::optional(rules::Refusal::WrongToken));
        QCOMPARE(asker.refused(), (std::vector{std::pair(kAnswerer, "node-token"s)}));
    }

    void anotherCertificateThanThePinnedOneIsNoPeer()
    {
        Answerer answerer;
        Asker asker;
        rules::Peer other = answerer.peer();
        other.certificate = std::string(64, '0');
        asker.know(other);

        const auto answer = asker.ask(other, rules::Beat{});

        QVERIFY(!answer);
        QCOMPARE(answer.error().code, Error::Unauthenticated);
        QCOMPARE(answerer.server.server.counters().requests, std::uint64_t{0});
        QVERIFY(asker.refused().empty());
    }

    void manyRecordsGoInPartsAndAreSummedUp()
    {
        Answerer answerer;
        std::atomic<int> parts = 0;
        answerer.handlers.add(
            "record-sync", [&](link::InternalCall call) -> net::Awaitable<Result<QJsonObject>> {
                ++parts;
                const link::MessageCodec codec(kRecordKey);
                const auto request = codec.decode("record-sync", call.body);
                const auto &push = std::get<rules::PushRecords>(*request);
                co_return codec.encode(rules::Answer(rules::PushRecordsAnswer{push.records.size(), 1}), {});
            });
        Asker asker;
        asker.know(answerer.peer());
        rules::PushRecords push;
        for (int i = 0; i < 5; ++i)
            push.records.push_back(settingOf(std::to_string(i), 600'000));

        const auto answer = asker.ask(answerer.peer(), std::move(push));

        QVERIFY2(answer, answer ? "" : qPrintable(QString::fromStdString(answer.error().message)));
        QCOMPARE(parts.load(), 5);
        QCOMPARE(std::get<rules::PushRecordsAnswer>(*answer).applied, std::size_t{5});
        QCOMPARE(std::get<rules::PushRecordsAnswer>(*answer).ignored, std::size_t{5});
    }

    void anOfferIsProvenByBothSides()
    {
        Answerer answerer;
        answerer.knowsAsker = false;
        std::string key;
        std::string certificate = answererCredentials().fingerprint;
        answerer.handlers.add(
            "join-offer", [&](link::InternalCall call) -> net::Awaitable<Result<QJsonObject>> {
                key = call.key;
                rules::JoinOfferAnswer answer;
                answer.clusterId = "c";
                answer.member = describePeer(kAnswerer, certificate);
                co_return link::MessageCodec("").encode(rules::Answer(std::move(answer)), {});
            });
        Asker asker;
        asker.know({});
        rules::Peer stranger = answerer.peer();
        stranger.certificate.clear();
        rules::JoinOffer offer;
        offer.self = describePeer(kAsker, askerCredentials().fingerprint);
        offer.key = kPeerToken;

        const auto good = asker.ask(stranger, offer);
        QVERIFY2(good, good ? "" : qPrintable(QString::fromStdString(good.error().message)));
        QCOMPARE(key, kPeerToken);

        rules::JoinOffer wrong = offer;
        wrong.key = "guess";
        QCOMPARE(rules::refusalOf(asker.ask(stranger, wrong).error()),
                 std::optional(rules::Refusal::WrongToken));
        // Who tells a certificate that it does not show passes on the answer of another.
        certificate = std::string(64, 'e');
        QCOMPARE(asker.ask(stranger, offer).error().subject, "proof"s);
        answerer.stripsProofs = true;
        QCOMPARE(asker.ask(stranger, offer).error().subject, "proof"s);
        QVERIFY(asker.refused().empty());
    }

    void aCallGivesTheAnswersBodyOrTheHandlersError()
    {
        Answerer answerer;
        answerer.handlers.add(
            "console-call", [](link::InternalCall call) -> net::Awaitable<Result<QJsonObject>> {
                if (call.body.contains("fail"_L1))
                    co_return failure(Error::AlreadyExists, "It is there.", "it");
                co_return QJsonObject{{"from"_L1, QString::fromStdString(call.from.uuid())}};
            });
        Asker asker;
        asker.know(answerer.peer());

        const auto good = asker.link.callAndWait(kAnswerer, "console-call", {}, 30s);
        const auto bad =
            test::runCoroutineOn(asker.threads.at(0).executor(),
                                 asker.link.call(kAnswerer, "console-call", {{"fail"_L1, true}}, 30s));

        QVERIFY(good);
        QCOMPARE(good->value("from"_L1).toString().toStdString(), kAsker.uuid());
        QVERIFY(!bad);
        QCOMPARE(bad.error().code, Error::AlreadyExists);
        QCOMPARE(bad.error().subject, "it"s);
        QCOMPARE(asker.link.callAndWait(NodeId::random(), "console-call", {}, 30s).error().code,
                 Error::NotFound);
    }

    void bytesGoThereAndBackOrTheHandlersErrorComes()
    {
        Answerer answerer;
        answerer.handlers.addBytes("replica-apply",
                                   [](link::InternalCall call) -> net::Awaitable<Result<std::string>> {
                                       if (call.bytes == "fail")
                                           co_return failure(Error::StorageFull, "No room.", "disk");
                                       co_return call.bytes + "\x00\xff"s;
                                   });
        Asker asker;
        asker.know(answerer.peer());
        const auto send = [&](const NodeId &member, std::string bytes) {
            std::promise<Result<std::string>> answered;
            asker.link.send(member, "replica-apply", std::move(bytes), 30s,
                            [&](Result<std::string> answer) { answered.set_value(std::move(answer)); });
            return answered.get_future().get();
        };
        const std::string large(link::kMaxSignedBody - 2, '\x02');

        QCOMPARE(send(kAnswerer, "a\x00"s).value_or(""), "a\x00\x00\xff"s);
        QCOMPARE(send(kAnswerer, large).value_or("").size(), link::kMaxSignedBody);
        const auto refused = send(kAnswerer, "fail");
        QCOMPARE(refused.error().code, Error::StorageFull);
        QCOMPARE(refused.error().subject, "disk"s);
        QCOMPARE(send(NodeId::random(), "x").error().code, Error::NotFound);
        asker.know(answerer.peer(), "another token");
        QVERIFY(!send(kAnswerer, "x"));
        QCOMPARE(asker.refused().size(), std::size_t{1});
    }

    void aStreamIsReadAsItArrives()
    {
        constexpr std::size_t kPiece = 64 * 1024;
        constexpr int kPieces = 40;
        Answerer answerer;
        answerer.handlers.addStream(
            "object-read", [](link::InternalCall call, http::Exchange &exchange) -> net::Awaitable<Status> {
                if (call.body.contains("fail"_L1))
                    co_return failure(Error::NoSuchKey, "Gone.");
                http::ResponseHead head(200, "application/octet-stream");
                head.add("X-Size", kPieces * kPiece);
                CO_TRY_STATUS(co_await exchange.begin(std::move(head)));
                const Bytes piece(kPiece, std::byte{'x'});
                for (int i = 0; i < kPieces; ++i)
                    CO_TRY_STATUS(co_await exchange.write(piece));
                co_return co_await exchange.end();
            });
        Asker asker;
        asker.know(answerer.peer());
        const auto readAll = [&](QJsonObject body) -> net::Awaitable<Result<std::size_t>> {
            CO_TRY_ASSIGN(const auto stream,
                          co_await asker.link.open(kAnswerer, "object-read", std::move(body), 30s));
            std::size_t size = 0;
            Bytes buffer(10'000);
            while (true) {
                CO_TRY_ASSIGN(const std::size_t got, co_await stream->read(buffer));
                if (got == 0)
                    break;
                size += got;
            }
            co_return stream->head().find("X-Size") == std::to_string(size) ? size : 0;
        };

        for (int round = 0; round < 2; ++round) {
            const auto size = test::runCoroutineOn(asker.threads.at(0).executor(), readAll({}));
            QVERIFY2(size, size ? "" : qPrintable(QString::fromStdString(size.error().message)));
            QCOMPARE(*size, kPiece * kPieces);
        }
        const auto gone = test::runCoroutineOn(asker.threads.at(0).executor(), readAll({{"fail"_L1, true}}));
        QCOMPARE(gone.error().code, Error::NoSuchKey);
    }

    void aNodesCertificateCanBeLookedAt()
    {
        Answerer answerer;
        Asker asker;

        const auto seen = asker.link.certificateOf(answerer.peer().endpoint, 30s);

        QVERIFY(seen);
        QCOMPARE(*seen, answererCredentials().fingerprint);
        QCOMPARE(asker.link.certificateOf("http://127.0.0.1:1", 5s).error().code, Error::Closed);
    }
};

MAXIOFS_TEST(PeerLinkTest)
#include "peer_link_test.moc"
