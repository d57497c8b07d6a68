// SPDX-License-Identifier: GPL-3.0-or-later
#include "console_fixture.h"

#include "api/console/endpoint.h"
#include "api/console/openapi.h"
#include "records/failover.h"
#include "schema_check.h"

#include <future>

namespace maxiofs::api::console::fixture {

namespace {

std::vector<records::SettingDefinition> settingsOfTheTest()
{
    using Type = records::SettingDefinition::Type;
    const auto lowerCase = [](const QJsonValue &value) -> Status {
        if (value.toString() != value.toString().toLower())
            return failure(Error::InvalidArgument, "A region is in lower case.", "s3-region");
        return {};
    };
    return {
        {std::string(records::kRegionSetting), Type::Text, QStringLiteral("us-east-1"), "", "", lowerCase},
        {std::string(records::kScrubSetting), Type::Integer, 0, "bytes per second", "", {}},
        records::failoverSetting()};
}

// Ends the test when an answer is not what the documentation says.
void checkDocumented(const Endpoint &endpoint, const Reply &reply)
{
    static const QJsonObject components = componentSchemas();
    const bool success = reply.status < 300;
    const QJsonObject schema =
        success ? answerSchema(endpoint) : components.value(QStringLiteral("Error")).toObject();
    const std::string wrong = misfit(reply.json, schema, components);
    if (!wrong.empty() || (success && reply.status != endpoint.shape.success.status))
        qFatal("%s %s answers %u, which is not as documented: %s in %s", std::string(endpoint.method).c_str(),
               std::string(endpoint.path).c_str(), reply.status, wrong.c_str(), reply.text.c_str());
}

}  // namespace

Console::Console(Console *member)
{
    const std::string folder = m_folder.path().toStdString();
    os::FileSystem &files = m_files;
    store::DataDirectory::Options where;
    where.path = "/data";
    directory = store::DataDirectory::open(files, where).value();
    records = records::Records::open(folder + "/auth.db", m_sealer, clock).value();
    if (member != nullptr)
        member->tell(*this);
    store::ObjectStore::Options options;
    options.node = records->nodeId();
    options.backgroundWork = false;
    store::NodeStore::Environment environment;
    environment.indexDirectory = folder + "/index";
    store = store::NodeStore::open(*directory, options, environment).value();
    buckets = records::Buckets::load(*records).value();
    nodes = records::ClusterNodes::load(*records,
                                        {member == nullptr ? "node-1" : "node-2", "https://node:8080", ""})
                .value();
    rules = records::ReplicationRules::load(*records).value();
    settings = records::Settings::load(*records, settingsOfTheTest()).value();
    identities = identity::Directory::load(*records, {.logN = 4, .r = 1, .p = 1}).value();
    identity::FirstStart first;
    first.dataDirectory = "/data";
    first.adminPassword = kAdminPassword;
    if (!identity::prepareFirstStart(files, *identities, first))
        qFatal("no administrator");
    audit =
        identity::AuditLog::open(files, clock, {"/data/audit", 1'000'000, 4, [] { return "n1"; }}).value();
    monitor = std::make_unique<monitor::NodeMonitor>(
        monitor::SystemSampler(os::posixFileSystem(), folder),
        monitor::NodeMonitor::Sources{[] { return monitor::TrafficTotals(); }, &m_latency}, clock);
    events = std::make_unique<EventHub>(clock);
    log = std::make_unique<LogTail>(clock);
    cluster::Router::Sources sources;
    sources.self = [this] { return records->nodeId(); };
    sources.isMember = [this] { return cluster.member; };
    sources.locationOf = [this](const BucketId &id) -> std::optional<records::Location> {
        const auto bucket = buckets->findById(id);
        return bucket ? std::optional((*bucket)->location) : std::nullopt;
    };
    sources.memberOf = [this](const NodeId &id) -> std::optional<cluster::Router::Member> {
        const auto node = nodes->find(id);
        return node ? std::optional(cluster::Router::Member{{id, node->endpoint, {}}, node->name})
                    : std::nullopt;
    };
    router = std::make_unique<cluster::Router>(std::move(sources), clock);
    context = std::make_unique<Context>(Context{*store,
                                                *records,
                                                *buckets,
                                                *nodes,
                                                *settings,
                                                *identities,
                                                *audit,
                                                m_proxies,
                                                *monitor,
                                                *events,
                                                *log,
                                                cluster,
                                                *router,
                                                peers,
                                                pool,
                                                *rules,
                                                replication,
                                                ownership,
                                                replicas,
                                                handover,
                                                "/data",
                                                clock.nowMs,
                                                [] { return protocol::Certificate{"AA:BB", std::nullopt}; },
                                                [](std::string_view passphrase) -> Result<Bytes> {
                                                    return toBytes("bundle of " + std::string(passphrase));
                                                },
                                                clock});
    service = std::make_unique<ConsoleService>(*context);
    service->addTo(handlers);
    if (member == nullptr)
        return;
    tell(*member);
    for (Console *const each : {member, this}) {
        Console &other = each == this ? *member : *this;
        each->cluster.member = true;
        each->peers.members[other.records->nodeId()] = &other.handlers;
    }
}

void Console::tell(Console &other) const
{
    records::Slots all;
    all.set();
    for (const records::Kind kind : records::syncedKinds()) {
        auto page = records->page(kind, all, {}, std::numeric_limits<std::size_t>::max());
        if (!page || !other.records->merge(std::move(page->records)))
            qFatal("the records cannot be told");
    }
}

Console::~Console()
{
    events->stop();
}

void Console::serve(test::FakeExchange &exchange)
{
    bool done = false;
    io.restart();
    boost::asio::co_spawn(io.get_executor(), service->handle(exchange),
                          [&](const std::exception_ptr &thrown) {
                              done = true;
                              if (thrown)
                                  qFatal("the service threw");
                          });
    const auto work = boost::asio::make_work_guard(io);
    while (!done)
        io.run_one();
}

Reply Console::call(const std::string &method, const std::string &path, const QJsonObject &body,
                    const std::string &token, const std::string &headers)
{
    std::string head = method + " /api/v1" + path + " HTTP/1.1\r\n" + headers;
    if (!token.empty())
        head += "Authorization: Bearer " + token + "\r\n";
    const std::string text =
        body.isEmpty() ? std::string() : QJsonDocument(body).toJson(QJsonDocument::Compact).toStdString();
    test::FakeExchange exchange(head, text);
    serve(exchange);
    const Reply reply{exchange.sentStatus(),
                      QJsonDocument::fromJson(QByteArray::fromStdString(exchange.sent)).object(),
                      exchange.sent};
    const Match match = findEndpoint(method, path.substr(0, path.find('?')));
    if (match.endpoint != nullptr) {
        checkDocumented(*match.endpoint, reply);
        if (reply.status == match.endpoint->shape.success.status)
            succeeded.insert(match.endpoint);
    }
    return reply;
}

std::string Console::token(const std::string &name, const std::string &password)
{
    return identities->sessions().login(name, password, "192.0.2.1").value().access;
}

identity::UserPtr Console::addUser(const std::string &name, identity::Role role, const std::string &tenant)
{
    if (!tenant.empty() && identities->tenants().find(tenant) == nullptr) {
        identity::NewTenant wanted;
        wanted.id = tenant;
        wanted.name = tenant;
        if (!identities->tenants().create(wanted))
            qFatal("no tenant");
    }
    identity::NewUser user;
    user.username = name;
    user.password = passwordOf(name);
    user.roles = {role};
    user.tenantId = tenant;
    return identities->users().create(user).value();
}

NodeId Console::addNode(const std::string &name)
{
    records::ClusterNode node;
    node.id = NodeId::random();
    node.name = name;
    node.endpoint = "https://" + name + ":8080";
    std::vector<records::Record> told(1);
    told[0].kind = records::Kind::Node;
    told[0].id = node.id.uuid();
    told[0].body = records::bodyOf(node);
    told[0].stamp = {1, node.id};
    if (!records->merge(std::move(told)))
        qFatal("the member cannot be added");
    return node.id;
}

records::BucketPtr Console::addBucket(const std::string &name, const std::string &tenant)
{
    records::NewBucket wanted;
    wanted.name = name;
    wanted.ownerId = identities->users().find("admin")->canonicalId;
    wanted.tenantId = tenant;
    const auto bucket = buckets->create(wanted).value();
    store->setBucket({bucket->id, store::Versioning::Off, 0, 0});
    return bucket;
}

records::ReplicationRulePtr Console::addRule(const records::BucketRecord &bucket, const NodeId &destination)
{
    records::ReplicationRule rule;
    rule.tenantId = bucket.tenantId;
    rule.sourceBucket = bucket.name;
    rule.sourceBucketId = bucket.id;
    rule.destinationNode = destination;
    rule.destinationBucket = bucket.name;
    const auto made = rules->create(rule).value();
    replication.rules[made->id].status = protocol::ReplicationStatus::InSync;
    return made;
}

void Console::breakDisk()
{
    const BucketId bucket = BucketId::random();
    store->setBucket({bucket, store::Versioning::Off, 0, 0});
    // The first put opens a segment, and a failure there is not final.
    for (const char *key : {"whole", "broken"}) {
        if (std::string_view(key) == "broken")
            m_files.inject({.operation = os::Operation::Sync, .pathPart = {}});
        auto put = store->beginPut(bucket, key, {}, 1).value();
        if (!put->write(asBytes("x")) || !put->finish())
            qFatal("the put failed before its sync");
        std::promise<void> done;
        put->commit({}, [&](const auto &) { done.set_value(); });
        done.get_future().get();
    }
    m_files.clearFaults();
}

}  // namespace maxiofs::api::console::fixture
