// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/nodes_model.h"

#include "core/format.h"
#include "core/item_roles.h"
#include "models/health_words.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace maxiofs::models {

using namespace Qt::StringLiterals;
using core::Format;
using protocol::HealthStatus;

namespace {

bool sameFigures(const QList<double> &a, const QList<double> &b)
{
    return std::ranges::equal(a, b,
                              [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}

}  // namespace

bool NodeRow::operator==(const NodeRow &other) const
{
    const protocol::Node &a = node;
    const protocol::Node &b = other.node;
    return a.id == b.id && a.name == b.name && a.endpoint == b.endpoint && a.region == b.region &&
           a.priority == b.priority && a.healthStatus == b.healthStatus &&
           a.lastHealthCheck == b.lastHealthCheck && a.lastSeen == b.lastSeen && a.latencyMs == b.latencyMs &&
           a.capacityTotal == b.capacityTotal && a.capacityUsed == b.capacityUsed &&
           a.bucketCount == b.bucketCount && a.isLocal == b.isLocal && a.version == b.version &&
           a.clockSkewMs == b.clockSkewMs && a.reason == b.reason && a.metadata == b.metadata &&
           stale == other.stale && sameFigures(lastHour, other.lastHour);
}

NodesModel::NodesModel(const maxiofs::Clock &clock, QObject *parent) : SnapshotTable(parent), m_clock(clock)
{
}

void NodesModel::setNodes(const std::vector<protocol::Node> &nodes)
{
    QList<NodeRow> fresh;
    for (const protocol::Node &node : nodes) {
        NodeRow row{.node = node, .lastHour = {}, .stale = m_stale};
        if (const NodeRow *known = find(row.id()))
            row.lastHour = known->lastHour;
        fresh.append(row);
    }
    apply(fresh);
}

void NodesModel::setHealth(const std::vector<protocol::NodeHealth> &health)
{
    for (const protocol::NodeHealth &one : health) {
        change(QString::fromStdString(one.id), [&one](NodeRow &row) {
            row.node.healthStatus = one.healthStatus;
            row.node.latencyMs = one.latencyMs;
            row.node.lastHealthCheck = one.lastHealthCheck;
            row.node.reason = one.reason;
        });
    }
}

void NodesModel::setLastHour(const QString &id, const QList<double> &values)
{
    change(id, [&values](NodeRow &row) { row.lastHour = values; });
}

void NodesModel::setStale(bool stale)
{
    m_stale = stale;
    changeAll([stale](NodeRow &row) { row.stale = stale; });
}

void NodesModel::refreshAges()
{
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, LastSeen), index(rowCount() - 1, LastSeen), {Qt::DisplayRole});
}

bool NodesModel::isFigure(int column)
{
    return column == Buckets || column == Priority || column == LastSeen || column == Clock;
}

int NodesModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : kColumnCount;
}

double NodesModel::latencyOf(const NodeRow &row)
{
    constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
    const HealthStatus health = row.node.healthStatus;
    if (health != HealthStatus::Healthy && health != HealthStatus::Degraded)
        return kUnknown;
    // 0 is under half a millisecond or nothing measured in that second: the last hour's end knows more.
    if (row.node.latencyMs == 0)
        return row.lastHour.isEmpty() ? kUnknown : row.lastHour.last();
    return static_cast<double>(row.node.latencyMs);
}

QString NodesModel::textOf(const NodeRow &row, int column) const
{
    const protocol::Node &node = row.node;
    switch (column) {
    case Name: return QString::fromStdString(node.name);
    case Endpoint: return QString::fromStdString(node.endpoint);
    case Health: return HealthWords::wordOf(node.healthStatus);
    case Latency: return Format::milliseconds(latencyOf(row));
    case Capacity:
        return node.capacityTotal > 0 ? Format::bytesOf(node.capacityUsed, node.capacityTotal)
                                      : Format::unknown();
    case Buckets: return Format::count(node.bucketCount);
    case Priority: return Format::count(node.priority);
    case LastSeen:
        return node.lastSeen ? Format::ago(m_clock.unixMs() - node.lastSeen->unixMs) : Format::unknown();
    case Region: return node.region.empty() ? Format::unknown() : QString::fromStdString(node.region);
    case Version: return node.version.empty() ? Format::unknown() : QString::fromStdString(node.version);
    case Clock: return node.isLocal ? Format::unknown() : Format::skew(node.clockSkewMs);
    default: return {};
    }
}

QVariant NodesModel::sortKeyOf(const NodeRow &row, int column) const
{
    const protocol::Node &node = row.node;
    switch (column) {
    case Health: return static_cast<int>(HealthWords::statusOf(node.healthStatus));
    case Latency: return std::isnan(latencyOf(row)) ? std::numeric_limits<double>::max() : latencyOf(row);
    case Capacity:
        return node.capacityTotal > 0
                   ? static_cast<double>(node.capacityUsed) / static_cast<double>(node.capacityTotal)
                   : -1.0;
    case Buckets: return static_cast<qlonglong>(node.bucketCount);
    case Priority: return static_cast<qlonglong>(node.priority);
    case LastSeen: return static_cast<qlonglong>(node.lastSeen ? node.lastSeen->unixMs : 0);
    case Clock: return static_cast<qlonglong>(std::abs(node.clockSkewMs));
    default: return textOf(row, column).toLower();
    }
}

QString NodesModel::tipOf(const NodeRow &row, int column) const
{
    const protocol::Node &node = row.node;
    if (column == LastSeen && node.lastSeen)
        return Format::utc(node.lastSeen->unixMs);
    if ((column == Health || column == Latency) && !node.reason.empty())
        return QString::fromStdString(node.reason);
    if (column == Clock && !node.isLocal)
        return tr("How far its clock is from that of the node you are connected to");
    if (column == Name)
        return (node.isLocal ? tr("You are connected to this node.") + u'\n' : QString()) +
               tr("Version %1, id %2").arg(QString::fromStdString(node.version), row.id());
    return {};
}

QVariant NodesModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const NodeRow &row = rows()[index.row()];
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole: return textOf(row, column);
    case Qt::ToolTipRole: return tipOf(row, column);
    case Qt::TextAlignmentRole:
        return static_cast<int>((isFigure(column) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case Qt::AccessibleTextRole:
        if (column == Health)
            return tr("%1, %2, %3", "node, health, latency")
                .arg(textOf(row, Name), textOf(row, Health).toLower(), textOf(row, Latency));
        if (column == Actions)
            return tr("Actions of %1").arg(textOf(row, Name));
        return tr("%1: %2").arg(headerData(column, Qt::Horizontal, Qt::DisplayRole).toString(),
                                textOf(row, column));
    case core::IdRole: return row.id();
    case core::SortRole: return sortKeyOf(row, column);
    case core::StaleRole: return row.stale;
    case core::SecondaryRole: return column == Name ? QString::fromStdString(row.node.region) : QString();
    case core::IconRole: return column == Name && row.node.isLocal && rowCount() > 1 ? u"plug"_s : QString();
    case core::StatusRole: return static_cast<int>(HealthWords::statusOf(row.node.healthStatus));
    case core::SparklineRole: return QVariant::fromValue(row.lastHour);
    case core::FractionRole: return column == Capacity ? sortKeyOf(row, Capacity) : QVariant();
    default: return {};
    }
}

QVariant NodesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>((isFigure(section) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name: return tr("Name");
    case Endpoint: return tr("Endpoint");
    case Health: return tr("Health");
    case Latency: return tr("Latency, last hour");
    case Capacity: return tr("Capacity used / total");
    case Buckets: return tr("Buckets");
    case Priority: return tr("Priority");
    case LastSeen: return tr("Last seen");
    case Region: return tr("Region");
    case Version: return tr("Version");
    case Clock: return tr("Clock");
    default: return {};
    }
}

}  // namespace maxiofs::models
