// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/queue_model.h"

#include "core/format.h"
#include "core/item_roles.h"

#include <algorithm>

namespace maxiofs::models {

using core::Format;
using protocol::ReplicationOperation;
using protocol::ReplicationQueueEntry;
using protocol::ReplicationQueueStatus;
using theme::Status;

bool QueueRow::operator==(const QueueRow &other) const
{
    const ReplicationQueueEntry &a = entry;
    const ReplicationQueueEntry &b = other.entry;
    return a.id == b.id && a.objectKey == b.objectKey && a.versionId == b.versionId &&
           a.operation == b.operation && a.status == b.status && a.size == b.size &&
           a.bytesSent == b.bytesSent && a.attempts == b.attempts && a.lastError == b.lastError &&
           a.nextAttemptAt == b.nextAttemptAt && stale == other.stale;
}

QueueModel::QueueModel(const maxiofs::Clock &clock, QObject *parent) : SnapshotTable(parent), m_clock(clock)
{
}

void QueueModel::setEntries(const std::vector<ReplicationQueueEntry> &entries)
{
    QList<QueueRow> fresh;
    for (const ReplicationQueueEntry &entry : entries)
        fresh.append({.entry = entry, .stale = m_stale});
    apply(fresh);
}

void QueueModel::setStale(bool stale)
{
    m_stale = stale;
    changeAll([stale](QueueRow &row) { row.stale = stale; });
}

void QueueModel::refreshAges()
{
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, State), index(rowCount() - 1, State), {Qt::DisplayRole});
}

Status QueueModel::statusOf(const ReplicationQueueEntry &entry)
{
    switch (entry.status) {
    case ReplicationQueueStatus::Sending: return Status::Running;
    case ReplicationQueueStatus::Failed: return Status::Bad;
    case ReplicationQueueStatus::Pending: break;
    }
    return Status::Pending;
}

QString QueueModel::stateOf(const ReplicationQueueEntry &entry) const
{
    switch (entry.status) {
    case ReplicationQueueStatus::Sending:
        return entry.size > 0 ? tr("Sending %1")
                                    .arg(Format::percent(static_cast<double>(entry.bytesSent) /
                                                         static_cast<double>(entry.size)))
                              : tr("Sending");
    case ReplicationQueueStatus::Failed: {
        if (!entry.nextAttemptAt)
            return tr("Failed");
        const std::int64_t left = entry.nextAttemptAt->unixMs - m_clock.unixMs();
        return left > 0 ? tr("Retry in %1").arg(Format::span(left)) : tr("Retrying");
    }
    case ReplicationQueueStatus::Pending: break;
    }
    return tr("Waiting");
}

QString QueueModel::textOf(const ReplicationQueueEntry &entry, int column) const
{
    const bool deletes = entry.operation == ReplicationOperation::Delete;
    switch (column) {
    case Object: return QString::fromStdString(entry.objectKey);
    case Change: return QString::fromUtf8(QByteArrayView(protocol::nameOf(entry.operation)));
    case Size: return deletes ? Format::unknown() : Format::bytes(entry.size);
    case Tries: return Format::count(entry.attempts);
    case State: return stateOf(entry);
    case Error: return QString::fromStdString(entry.lastError.value_or(std::string()));
    default: return {};
    }
}

QVariant QueueModel::sortKeyOf(const ReplicationQueueEntry &entry, int column)
{
    switch (column) {
    case Object: return QString::fromStdString(entry.objectKey);
    case Size: return static_cast<qlonglong>(entry.size);
    case Tries: return static_cast<qlonglong>(entry.attempts);
    // As the node sends them: what is on its way, what failed, what waits.
    case State:
        return entry.status == ReplicationQueueStatus::Sending  ? 0
               : entry.status == ReplicationQueueStatus::Failed ? 1
                                                                : 2;
    case Error: return QString::fromStdString(entry.lastError.value_or(std::string())).toLower();
    default: return static_cast<int>(entry.operation);
    }
}

int QueueModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : kColumnCount;
}

QVariant QueueModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const QueueRow &row = rows()[index.row()];
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole: return textOf(row.entry, column);
    case Qt::ToolTipRole:
        if (column == Object)
            return tr("%1\nVersion %2")
                .arg(textOf(row.entry, Object), QString::fromStdString(row.entry.versionId));
        return textOf(row.entry, Error);
    case Qt::TextAlignmentRole:
        return static_cast<int>((column == Size || column == Tries ? Qt::AlignRight : Qt::AlignLeft) |
                                Qt::AlignVCenter);
    case Qt::AccessibleTextRole:
        if (column == State)
            return tr("%1, %2", "object, state").arg(textOf(row.entry, Object), textOf(row.entry, State));
        return tr("%1: %2").arg(headerData(column, Qt::Horizontal, Qt::DisplayRole).toString(),
                                textOf(row.entry, column));
    case core::IdRole: return row.id();
    case core::SortRole: return sortKeyOf(row.entry, column);
    case core::StaleRole: return row.stale;
    case core::StatusRole: return static_cast<int>(statusOf(row.entry));
    default: return {};
    }
}

QVariant QueueModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>((section == Size || section == Tries ? Qt::AlignRight : Qt::AlignLeft) |
                                Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Object: return tr("Object");
    case Change: return tr("Change");
    case Size: return tr("Size");
    case Tries: return tr("Tries");
    case State: return tr("State");
    case Error: return tr("Error");
    default: return {};
    }
}

}  // namespace maxiofs::models
