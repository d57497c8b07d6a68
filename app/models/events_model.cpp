// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/events_model.h"

#include "core/format.h"
#include "core/item_roles.h"
#include "models/event_words.h"

#include <algorithm>

namespace maxiofs::models {

using namespace Qt::StringLiterals;
using core::Format;

EventsModel::EventsModel(const Clock &clock, QObject *parent) : QAbstractListModel(parent), m_clock(clock) {}

void EventsModel::add(const protocol::Event &event)
{
    const EventWords::Words words = EventWords::of(event);
    if (words.text.isEmpty())
        return;
    // An audit entry may come through the stream and from the log: its own id names it in both.
    const QString id = event.type == "audit" ? u"audit/"_s + event.payload.value("id"_L1).toString()
                                             : QString::fromStdString(event.id);
    insert({id, event.time.unixMs, words.status, words.icon, words.text});
}

void EventsModel::note(theme::Status status, const QString &text)
{
    insert({QString(), m_clock.unixMs(), status, {}, text});
}

void EventsModel::insert(const Entry &entry)
{
    if (!entry.id.isEmpty() && std::ranges::find(m_entries, entry.id, &Entry::id) != m_entries.end())
        return;
    // Newest first; among equals the later one to arrive stands above.
    const auto place =
        std::ranges::find_if(m_entries, [&entry](const Entry &other) { return other.atMs <= entry.atMs; });
    const int row = static_cast<int>(place - m_entries.begin());
    if (row >= kMost)
        return;
    beginInsertRows({}, row, row);
    m_entries.insert(row, entry);
    endInsertRows();
    if (m_entries.size() > kMost) {
        beginRemoveRows({}, kMost, kMost);
        m_entries.removeLast();
        endRemoveRows();
    }
}

int EventsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_entries.size());
}

QVariant EventsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Entry &entry = m_entries[index.row()];
    switch (role) {
    case Qt::DisplayRole: return entry.text;
    case Qt::ToolTipRole: return u"%1\n%2"_s.arg(entry.text, Format::utc(entry.atMs));
    case Qt::AccessibleTextRole:
        return u"%1, %2"_s.arg(Format::time(entry.atMs, m_clock.unixMs()), entry.text);
    case core::TimeRole: return Format::time(entry.atMs, m_clock.unixMs());
    case core::StatusRole: return static_cast<int>(entry.status);
    case core::IconRole: return entry.icon;
    case core::IdRole: return entry.id;
    default: return {};
    }
}

}  // namespace maxiofs::models
