// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "protocol/event.h"
#include "theme/status.h"

#include <QAbstractListModel>
#include <QList>

namespace maxiofs::models {

// What happened in a cluster, newest first, as one sentence each. The newest kMost are kept.
class EventsModel : public QAbstractListModel {
    Q_OBJECT
public:
    static constexpr int kMost = 500;

    explicit EventsModel(const Clock &clock = SystemClock::instance(), QObject *parent = nullptr);

    /// An event of the stream; one that is there already (by id) is passed over.
    void add(const protocol::Event &event);
    /// Something that this program noticed itself.
    void note(theme::Status status, const QString &text);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;

private:
    struct Entry {
        QString id;
        std::int64_t atMs = 0;
        theme::Status status = theme::Status::None;
        QString icon;
        QString text;
    };

    void insert(const Entry &entry);

    const Clock &m_clock;
    QList<Entry> m_entries;
};

}  // namespace maxiofs::models
