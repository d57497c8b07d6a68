// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/connections_model.h"

#include "core/format.h"
#include "core/item_roles.h"

namespace maxiofs::models {

using namespace Qt::StringLiterals;
using core::Format;
using theme::Status;
using Connecting = core::ConnectionState::State;

ConnectionsModel::ConnectionsModel(const Clock &clock, QObject *parent)
    : SnapshotTable(parent),
      m_clock(clock)
{
}

Status ConnectionsModel::statusOf(const ConnectionRow &row)
{
    if (row.certificateWaits)
        return Status::Warn;
    switch (row.state) {
    case Connecting::SignedOut: return Status::Unknown;
    case Connecting::Connecting: return Status::Running;
    case Connecting::Connected: return Status::Ok;
    case Connecting::Unreachable: return Status::Bad;
    case Connecting::AskingForCredentials: return Status::Warn;
    }
    return Status::Unknown;
}

QString ConnectionsModel::wordOf(const ConnectionRow &row)
{
    if (row.certificateWaits)
        return row.profile.fingerprint.isEmpty() ? tr("Certificate unknown") : tr("Certificate changed");
    switch (row.state) {
    case Connecting::SignedOut: return tr("Signed out");
    case Connecting::Connecting: return tr("Connecting");
    case Connecting::Connected: return tr("Connected");
    case Connecting::Unreachable: return tr("Does not answer");
    case Connecting::AskingForCredentials: return tr("Needs a password");
    }
    return {};
}

int ConnectionsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : kColumnCount;
}

QString ConnectionsModel::textOf(const ConnectionRow &row, int column) const
{
    const core::Profile &profile = row.profile;
    switch (column) {
    case Name: return profile.name;
    case State: return wordOf(row);
    case Address: return profile.address.toString();
    case User: return profile.user;
    case LastSize:
        if (profile.lastNodeCount == 0)
            return Format::unknown();
        return u"%1, %2"_s.arg(tr("%n nodes", nullptr, static_cast<int>(profile.lastNodeCount)),
                               Format::bytes(profile.lastUsedBytes));
    case LastUsed:
        if (row.state == Connecting::Connected)
            return tr("now");
        return profile.lastUsedMs > 0 ? Format::time(profile.lastUsedMs, m_clock.unixMs()) : tr("never");
    default: return {};
    }
}

QVariant ConnectionsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const ConnectionRow &row = rows()[index.row()];
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole: return textOf(row, column);
    case Qt::TextAlignmentRole:
        return static_cast<int>((column == LastUsed ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case Qt::AccessibleTextRole:
        return column == State ? u"%1, %2"_s.arg(row.profile.name, wordOf(row)) : textOf(row, column);
    case core::IdRole: return row.id();
    case core::TagRole: return column == Name ? row.profile.tag : QString();
    case core::StatusRole: return static_cast<int>(statusOf(row));
    case core::SortRole:
        if (column == LastUsed)
            return static_cast<qlonglong>(row.profile.lastUsedMs);
        if (column == LastSize)
            return static_cast<qlonglong>(row.profile.lastUsedBytes);
        return textOf(row, column).toLower();
    default: return {};
    }
}

QVariant ConnectionsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>((section == LastUsed ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name: return tr("Name");
    case State: return tr("State");
    case Address: return tr("Address");
    case User: return tr("User");
    case LastSize: return tr("Size when last seen");
    case LastUsed: return tr("Last used");
    default: return {};
    }
}

}  // namespace maxiofs::models
