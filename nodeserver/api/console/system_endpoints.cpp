// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/system_endpoints.h"

#include "api/console/views.h"
#include "base/hex.h"

using namespace Qt::StringLiterals;

namespace maxiofs::api::console {

namespace {

constexpr std::int64_t kMsPerSecond = 1000;
constexpr std::size_t kShortestPassphrase = 12;
constexpr auto kExportedMs = "exported_ms"_L1;

std::string exportRecordId(const Context &context)
{
    return "keys-exported/" + context.records.nodeId().uuid();
}

Result<std::optional<protocol::Time>> lastKeyExport(const Context &context)
{
    TRY_ASSIGN(const auto settings, context.records.load(records::Kind::Setting));
    for (const records::Record &record : settings) {
        if (record.id == exportRecordId(context))
            return protocol::Time{record.body.value(kExportedMs).toInteger()};
    }
    return std::nullopt;
}

protocol::Disk diskOf(const Context &context, const store::ObjectStore::Figures &figures)
{
    const monitor::NodeMonitor::Figures measured = context.monitor.figures();
    protocol::Disk disk;
    disk.totalBytes = static_cast<std::int64_t>(figures.diskTotal);
    disk.usedBytes =
        static_cast<std::int64_t>(figures.diskTotal - std::min(figures.diskAvailable, figures.diskTotal));
    disk.reserveBytes = static_cast<std::int64_t>(figures.reserveBytes);
    disk.busy = measured.last.diskBusy;
    disk.queueLength = measured.diskQueueLength;
    disk.readBytesPerSecond = measured.last.diskReadBytesPerSecond;
    disk.writeBytesPerSecond = measured.last.diskWriteBytesPerSecond;
    return disk;
}

std::optional<protocol::Time> timeFrom(const std::optional<std::int64_t> &unixMs)
{
    return unixMs ? std::optional(protocol::Time{*unixMs}) : std::nullopt;
}

protocol::Scrub scrubOf(const store::ObjectStore::Figures &figures)
{
    protocol::Scrub scrub;
    scrub.bytesPerSecond = static_cast<std::int64_t>(figures.scrubBytesPerSecond);
    scrub.running = figures.scrubBytesPerSecond > 0;
    scrub.progress = figures.scrubProgress;
    scrub.checkedBytes = static_cast<std::int64_t>(figures.scrubbedBytes);
    scrub.damagedFound = static_cast<std::int64_t>(figures.scrubErrors);
    scrub.lastCompletedAt = timeFrom(figures.lastScrubMs);
    return scrub;
}

protocol::Compaction compactionOf(const store::ObjectStore::Figures &figures)
{
    protocol::Compaction compaction;
    compaction.running = figures.compacting;
    compaction.segments = static_cast<std::int64_t>(figures.segments);
    compaction.liveBytes = static_cast<std::int64_t>(figures.liveBytes);
    compaction.deadBytes = static_cast<std::int64_t>(figures.deadBytes);
    compaction.reclaimedBytes = static_cast<std::int64_t>(figures.compactedBytes);
    compaction.lastCompletedAt = timeFrom(figures.lastCompactionMs);
    return compaction;
}

std::vector<protocol::Worker> workersOf(const store::ObjectStore::Figures &figures)
{
    const auto percent = static_cast<int>(figures.scrubProgress * 100);
    return {
        {"compaction", figures.compacting ? "running" : "idle", {}},
        {"scrub", figures.scrubBytesPerSecond > 0 ? "running" : "stopped", std::to_string(percent) + " %"}};
}

std::string_view nameOf(records::SettingDefinition::Type type)
{
    switch (type) {
    case records::SettingDefinition::Type::Integer: return "integer";
    case records::SettingDefinition::Type::Text: return "text";
    case records::SettingDefinition::Type::Boolean: return "boolean";
    }
    return {};
}

QJsonObject settingsView(const records::Settings &settings)
{
    protocol::Page<protocol::Setting> page;
    for (const records::SettingDefinition &known : settings.definitions()) {
        page.items.push_back({known.name, settings.value(known.name), known.standard,
                              std::string(nameOf(known.type)), known.unit, known.about});
    }
    return protocol::pageToJson(page);
}

QJsonObject valuesOf(const records::Settings &settings, const QJsonObject &names)
{
    QJsonObject values;
    for (const records::SettingDefinition &known : settings.definitions()) {
        const QString name = QString::fromStdString(known.name);
        if (names.contains(name))
            values.insert(name, settings.value(known.name));
    }
    return values;
}

}  // namespace

Result<Answer> getSystem(Call &call)
{
    const Context &context = call.context;
    const store::ObjectStore::Figures figures = context.store.figures();
    const monitor::NodeMonitor::Figures measured = context.monitor.figures();
    const NodeState state = stateOf(context.store);
    protocol::System system;
    system.nodeId = context.records.nodeId().uuid();
    system.nodeName = context.nodes.config().nodeName;
    system.version = MAXIOFS_VERSION;
    system.state = state.word;
    system.reason = state.reason;
    system.startedAt = {context.startedMs};
    system.uptimeSeconds = (context.clock.unixMs() - context.startedMs) / kMsPerSecond;
    system.durability = "power-loss";
    system.requestsPerSecond = measured.last.requestsPerSecond;
    system.bytesInPerSecond = measured.last.bytesInPerSecond;
    system.bytesOutPerSecond = measured.last.bytesOutPerSecond;
    system.disk = diskOf(context, figures);
    system.cpu = measured.cpu;
    system.memory = measured.memory;
    TRY_ASSIGN(system.lastKeyExport, lastKeyExport(context));
    system.scrub = scrubOf(figures);
    system.compaction = compactionOf(figures);
    system.workers = workersOf(figures);
    system.certificate = context.certificate();
    system.nodeFingerprint = context.nodeFingerprint();
    system.consolePort = context.consolePort();
    protocol::Page<protocol::System> page;
    page.items.push_back(std::move(system));
    for (const MemberAnswer &other : call.others) {
        const auto told = other.page<protocol::System>();
        if (told)
            page.items.insert(page.items.end(), told->items.begin(), told->items.end());
    }
    page.missing = call.missing();
    return Answer::ok(protocol::pageToJson(page));
}

Result<Answer> getLog(Call &call)
{
    LogTail::Query query;
    TRY_ASSIGN(query.limit, call.limit());
    query.before = call.parameter("after");
    query.contains = call.parameter("contains");
    const std::string level = call.parameter("level");
    if (!level.empty()) {
        const auto lowest = logLevelOf(level);
        if (!lowest)
            return failure(Error::InvalidArgument,
                           "The parameter level must be debug, info, warning or error.", "level");
        query.lowest = *lowest;
    }
    return Answer::ok(protocol::pageToJson(call.context.log.read(query)));
}

Result<Answer> exportKeys(Call &call)
{
    TRY_ASSIGN(const auto request, protocol::fromJson<protocol::KeyExportRequest>(call.body));
    if (request.passphrase.size() < kShortestPassphrase)
        return failure(Error::InvalidArgument, "The passphrase has at least 12 characters.", "passphrase");
    const Context &context = call.context;
    TRY_ASSIGN(const Bytes bundle, context.exportKeys(request.passphrase));
    const std::int64_t now = context.clock.unixMs();
    std::vector<records::Change> changes;
    changes.push_back(records::Change::put(records::Kind::Setting, exportRecordId(context),
                                           {{kExportedMs, static_cast<qint64>(now)}}));
    TRY_STATUS(context.records.apply(changes));
    call.note.resource = context.records.nodeId().uuid();
    return Answer::ok(
        protocol::toJson(protocol::KeyExport{"maxiofs-keys-" + context.records.nodeId().uuid() + ".bundle",
                                             toBase64(bundle), protocol::Time{now}}));
}

Result<Answer> listSettings(Call &call)
{
    return Answer::ok(settingsView(call.context.settings));
}

Result<Answer> changeSettings(Call &call)
{
    records::Settings &settings = call.context.settings;
    call.note.before = valuesOf(settings, call.body);
    TRY_STATUS(settings.change(call.body));
    call.note.after = valuesOf(settings, call.body);
    return Answer::ok(settingsView(settings));
}

}  // namespace maxiofs::api::console
