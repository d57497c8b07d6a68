// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/conflicts_model.h"

#include "core/format.h"
#include "core/item_roles.h"

namespace maxiofs::models {

using namespace Qt::StringLiterals;
using core::Format;
using protocol::Conflict;

bool ConflictRow::operator==(const ConflictRow &other) const
{
    const Conflict &a = conflict;
    const Conflict &b = other.conflict;
    return a.id == b.id && a.bucket == b.bucket && a.objectKey == b.objectKey && a.versionId == b.versionId &&
           a.nodeName == b.nodeName && a.changedAt == b.changedAt && a.isDeleteMarker == b.isDeleteMarker &&
           a.size == b.size && a.etag == b.etag && a.currentVersionId == b.currentVersionId &&
           a.currentChangedAt == b.currentChangedAt && a.currentSize == b.currentSize &&
           a.currentEtag == b.currentEtag && stale == other.stale;
}

ConflictsModel::ConflictsModel(const maxiofs::Clock &clock, QObject *parent)
    : SnapshotTable(parent),
      m_clock(clock)
{
}

void ConflictsModel::setConflicts(const std::vector<Conflict> &conflicts)
{
    QList<ConflictRow> fresh;
    for (const Conflict &conflict : conflicts)
        fresh.append({.conflict = conflict, .stale = m_stale});
    apply(fresh);
}

void ConflictsModel::setStale(bool stale)
{
    m_stale = stale;
    changeAll([stale](ConflictRow &row) { row.stale = stale; });
}

QString ConflictsModel::textOf(const Conflict &conflict, int column) const
{
    switch (column) {
    case Object: return QString::fromStdString(conflict.objectKey);
    case Bucket: return QString::fromStdString(conflict.bucket);
    case Node:
        return conflict.nodeName.empty() ? tr("a node that left") : QString::fromStdString(conflict.nodeName);
    case Written: return Format::time(conflict.changedAt.unixMs, m_clock.unixMs());
    case Lost: return conflict.isDeleteMarker ? tr("deletion") : Format::bytes(conflict.size);
    case Current:
        if (!conflict.currentChangedAt)
            return tr("nothing");
        return tr("%1, %2", "size, when it was written")
            .arg(Format::bytes(conflict.currentSize),
                 Format::time(conflict.currentChangedAt->unixMs, m_clock.unixMs()));
    case Version: return QString::fromStdString(conflict.versionId);
    default: return {};
    }
}

QString ConflictsModel::tipOf(const Conflict &conflict, int column)
{
    switch (column) {
    case Object:
        return u"%1\n%2"_s.arg(QString::fromStdString(conflict.objectKey),
                               QString::fromStdString(conflict.versionId));
    case Written: return Format::utc(conflict.changedAt.unixMs);
    case Lost:
        return conflict.isDeleteMarker ? tr("The object was deleted there.")
                                       : tr("%1, ETag %2", "type of content")
                                             .arg(QString::fromStdString(conflict.contentType),
                                                  QString::fromStdString(conflict.etag));
    case Current:
        return conflict.currentChangedAt ? tr("%1, ETag %2", "when")
                                               .arg(Format::utc(conflict.currentChangedAt->unixMs),
                                                    QString::fromStdString(conflict.currentEtag))
                                         : tr("The object has no current version: it was deleted.");
    default: return {};
    }
}

QVariant ConflictsModel::sortKeyOf(const Conflict &conflict, int column)
{
    switch (column) {
    case Bucket: return QString::fromStdString(conflict.bucket);
    case Node: return QString::fromStdString(conflict.nodeName).toLower();
    case Written: return static_cast<qlonglong>(conflict.changedAt.unixMs);
    case Lost: return static_cast<qlonglong>(conflict.isDeleteMarker ? -1 : conflict.size);
    case Current:
        return static_cast<qlonglong>(conflict.currentChangedAt ? conflict.currentChangedAt->unixMs : 0);
    case Version: return QString::fromStdString(conflict.versionId);
    default: return QString::fromStdString(conflict.objectKey);
    }
}

int ConflictsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : kColumnCount;
}

QVariant ConflictsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const ConflictRow &row = rows()[index.row()];
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole: return textOf(row.conflict, column);
    case Qt::ToolTipRole: return tipOf(row.conflict, column);
    case Qt::TextAlignmentRole:
        return static_cast<int>((isFigure(column) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case Qt::AccessibleTextRole:
        return tr("%1: %2").arg(headerData(column, Qt::Horizontal, Qt::DisplayRole).toString(),
                                textOf(row.conflict, column));
    case core::IdRole: return row.id();
    case core::SortRole: return sortKeyOf(row.conflict, column);
    case core::StaleRole: return row.stale;
    default: return {};
    }
}

QVariant ConflictsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>((isFigure(section) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Object: return tr("Object");
    case Bucket: return tr("Bucket");
    case Node: return tr("Written at");
    case Written: return tr("When");
    case Lost: return tr("What lost");
    case Current: return tr("What stands");
    case Version: return tr("Version");
    default: return {};
    }
}

}  // namespace maxiofs::models
