// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>

namespace maxiofs::api {

// Takes a stream of server-sent events in pieces of any size and gives back whole events (WHATWG HTML,
// section 9.2.6). Comments, the heartbeat among them, are passed over. Fields without end are cut off: feed()
// then returns nothing more and overflowed() is true.
class SseParser {
public:
    struct Event {
        QByteArray id;    // the last id seen, also of earlier events
        QByteArray type;  // "message" where none is named
        QByteArray data;
    };

    [[nodiscard]] QList<Event> feed(const QByteArray &bytes);
    [[nodiscard]] bool overflowed() const { return m_overflowed; }
    /// Begins a new stream; the last id stays.
    void reset();
    [[nodiscard]] const QByteArray &lastId() const { return m_lastId; }
    void setLastId(const QByteArray &id) { m_lastId = id; }

private:
    void takeLine(const QByteArray &line, QList<Event> &events);

    QByteArray m_rest;  // a line's beginning
    QByteArray m_lastId;
    QByteArray m_pendingId;
    QByteArray m_type;
    QByteArray m_data;
    bool m_hasData = false;
    bool m_afterCarriageReturn = false;
    bool m_overflowed = false;
};

}  // namespace maxiofs::api
