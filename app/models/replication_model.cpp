// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/replication_model.h"

#include "core/format.h"
#include "core/item_roles.h"
#include "models/replication_words.h"

#include <algorithm>

namespace maxiofs::models {

using namespace Qt::StringLiterals;
using core::Format;
using Words = ReplicationWords;

namespace {

// The worst first, then what moves, then what stands still; what is well comes last.
int rankOf(theme::Status status)
{
    switch (status) {
    case theme::Status::Bad: return 0;
    case theme::Status::Warn: return 1;
    case theme::Status::Running: return 2;
    case theme::Status::Pending: return 3;
    case theme::Status::Unknown: return 4;
    default: return 5;
    }
}

}  // namespace

QString RuleRow::target() const
{
    return rule.destinationBucket == rule.sourceBucket
               ? destination
               : u"%1/%2"_s.arg(destination, QString::fromStdString(rule.destinationBucket));
}

bool RuleRow::operator==(const RuleRow &other) const
{
    const protocol::ReplicationRule &a = rule;
    const protocol::ReplicationRule &b = other.rule;
    return a.id == b.id && a.tenantId == b.tenantId && a.sourceBucket == b.sourceBucket &&
           a.sourceNodeId == b.sourceNodeId && a.destinationNodeId == b.destinationNodeId &&
           a.destinationBucket == b.destinationBucket && a.options == b.options && a.replica == b.replica &&
           a.full == b.full && a.pausedBy == b.pausedBy && a.pausedAt == b.pausedAt &&
           a.createdAt == b.createdAt && a.updatedAt == b.updatedAt && a.state == b.state &&
           source == other.source && destination == other.destination && stale == other.stale;
}

ReplicationModel::ReplicationModel(const maxiofs::Clock &clock, QObject *parent)
    : SnapshotTable(parent),
      m_clock(clock)
{
}

QString ReplicationModel::nameOf(const std::string &node) const
{
    const QString id = QString::fromStdString(node);
    return id.isEmpty() ? Format::unknown() : m_nodeNames.value(id, id);
}

void ReplicationModel::setRules(const std::vector<protocol::ReplicationRule> &rules)
{
    QList<RuleRow> fresh;
    for (const protocol::ReplicationRule &rule : rules)
        fresh.append({.rule = rule,
                      .source = nameOf(rule.sourceNodeId),
                      .destination = nameOf(rule.destinationNodeId),
                      .stale = m_stale});
    apply(fresh);
}

void ReplicationModel::setNodeNames(const QHash<QString, QString> &names)
{
    if (names == m_nodeNames)
        return;
    m_nodeNames = names;
    changeAll([this](RuleRow &row) {
        row.source = nameOf(row.rule.sourceNodeId);
        row.destination = nameOf(row.rule.destinationNodeId);
    });
}

void ReplicationModel::setStale(bool stale)
{
    m_stale = stale;
    changeAll([stale](RuleRow &row) { row.stale = stale; });
}

void ReplicationModel::refreshAges()
{
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, LastSync), index(rowCount() - 1, LastSync), {Qt::DisplayRole});
}

int ReplicationModel::countOf(theme::Status status) const
{
    return static_cast<int>(std::ranges::count_if(
        rows(), [status](const RuleRow &row) { return Words::statusOf(row.rule.state.status) == status; }));
}

int ReplicationModel::countOf(protocol::ReplicationStatus status) const
{
    return static_cast<int>(std::ranges::count_if(
        rows(), [status](const RuleRow &row) { return row.rule.state.status == status; }));
}

theme::Status ReplicationModel::worst() const
{
    return countOf(theme::Status::Bad) > 0    ? theme::Status::Bad
           : countOf(theme::Status::Warn) > 0 ? theme::Status::Warn
                                              : theme::Status::None;
}

Qt::Alignment ReplicationModel::alignmentOf(int column)
{
    switch (column) {
    case Deletes:
    case Metadata: return Qt::AlignHCenter | Qt::AlignVCenter;
    case Objects:
    case Bytes:
    case Lag:
    case LastSync: return Qt::AlignRight | Qt::AlignVCenter;
    default: return Qt::AlignLeft | Qt::AlignVCenter;
    }
}

int ReplicationModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : kColumnCount;
}

QString ReplicationModel::textOf(const RuleRow &row, int column) const
{
    const protocol::ReplicationRule &rule = row.rule;
    const protocol::ReplicationState &state = rule.state;
    const bool unknown = Words::isUnknown(rule);
    switch (column) {
    case Bucket: return QString::fromStdString(rule.sourceBucket);
    case Route: return u"%1 → %2"_s.arg(row.source, row.target());
    case Mode: return Words::modeOf(rule.options.syncIntervalSeconds);
    case Deletes: return rule.options.replicateDeletes ? tr("yes") : tr("no");
    case Metadata: return rule.options.replicateMetadata ? tr("yes") : tr("no");
    case Objects: return unknown ? Format::unknown() : Format::count(state.lagObjects);
    case Bytes:
        return unknown               ? Format::unknown()
               : state.lagBytes == 0 ? Format::count(0)
                                     : Format::bytes(state.lagBytes);
    case Lag:
        return unknown                 ? Format::unknown()
               : state.lagSeconds == 0 ? Format::count(0)
                                       : Format::span(state.lagSeconds * 1000);
    case Status: return Words::wordOf(state.status);
    case LastSync:
        return state.lastSyncAt ? Format::ago(m_clock.unixMs() - state.lastSyncAt->unixMs)
                                : Format::unknown();
    case LastError: return Words::reasonOf(rule, m_clock.unixMs());
    default: return {};
    }
}

QVariant ReplicationModel::sortKeyOf(const RuleRow &row, int column)
{
    const protocol::ReplicationState &state = row.rule.state;
    switch (column) {
    case Route: return (row.source + u' ' + row.target()).toLower();
    case Mode: return static_cast<qlonglong>(row.rule.options.syncIntervalSeconds);
    case Deletes: return row.rule.options.replicateDeletes ? 1 : 0;
    case Metadata: return row.rule.options.replicateMetadata ? 1 : 0;
    case Objects: return static_cast<qlonglong>(state.lagObjects);
    case Bytes: return static_cast<qlonglong>(state.lagBytes);
    case Lag: return static_cast<qlonglong>(state.lagSeconds);
    case Status: return rankOf(Words::statusOf(state.status));
    case LastSync: return static_cast<qlonglong>(state.lastSyncAt ? state.lastSyncAt->unixMs : 0);
    case LastError: return QString::fromStdString(state.lastError.value_or(state.reason)).toLower();
    default: return QString::fromStdString(row.rule.sourceBucket).toLower();
    }
}

QString ReplicationModel::tipOf(const RuleRow &row, int column) const
{
    const protocol::ReplicationRule &rule = row.rule;
    switch (column) {
    case Mode: return Words::meaningOf(rule.options.syncIntervalSeconds);
    case LastSync: return rule.state.lastSyncAt ? Format::utc(rule.state.lastSyncAt->unixMs) : QString();
    case Lag:
        return rule.state.oldestUnsentAt ? tr("The oldest change that is not there yet is of %1.")
                                               .arg(Format::utc(rule.state.oldestUnsentAt->unixMs))
                                         : QString();
    case Bucket:
        return rule.replica ? rule.full ? tr("A full replica: it serves reads and can take over.")
                                        : tr("A replica of a part: it cannot take over.")
                            : tr("A copy in a bucket of its own: it cannot take over.");
    case Status:
    case LastError: return textOf(row, LastError);
    default: return {};
    }
}

QVariant ReplicationModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const RuleRow &row = rows()[index.row()];
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole: return textOf(row, column);
    case Qt::ToolTipRole: return tipOf(row, column);
    case Qt::TextAlignmentRole: return static_cast<int>(alignmentOf(column));
    case Qt::AccessibleTextRole:
        if (column == Status)
            return tr("%1 to %2, %3, lag %4", "bucket, node, state, duration")
                .arg(textOf(row, Bucket), row.target(), textOf(row, Status).toLower(), textOf(row, Lag));
        return tr("%1: %2").arg(headerData(column, Qt::Horizontal, Qt::DisplayRole).toString(),
                                textOf(row, column));
    case core::IdRole: return row.id();
    case core::SortRole: return sortKeyOf(row, column);
    case core::StaleRole: return row.stale;
    case core::SourceRole: return row.source;
    case core::DestinationRole: return row.target();
    case core::CheckedRole:
        return column == Deletes ? row.rule.options.replicateDeletes : row.rule.options.replicateMetadata;
    case core::KindRole: return static_cast<int>(row.rule.state.status);
    case core::StatusRole: return static_cast<int>(Words::statusOf(row.rule.state.status));
    default: return {};
    }
}

QVariant ReplicationModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>(alignmentOf(section));
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Bucket: return tr("Bucket");
    case Route: return tr("Source → destination");
    case Mode: return tr("Mode");
    case Deletes: return tr("Deletes");
    case Metadata: return tr("Metadata");
    case Objects: return tr("Objects");
    case Bytes: return tr("Bytes");
    case Lag: return tr("Lag");
    case Status: return tr("Status");
    case LastSync: return tr("Last sync");
    case LastError: return tr("Last error");
    default: return {};
    }
}

}  // namespace maxiofs::models
