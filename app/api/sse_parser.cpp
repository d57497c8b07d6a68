// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/sse_parser.h"

namespace maxiofs::api {

namespace {

constexpr qsizetype kLargestEvent = 1024 * 1024;

}  // namespace

QList<SseParser::Event> SseParser::feed(const QByteArray &bytes)
{
    QList<Event> events;
    if (m_overflowed)
        return events;
    for (const char c : bytes) {
        // A line ends with LF, CR or CR LF.
        if (c == '\n' && m_afterCarriageReturn) {
            m_afterCarriageReturn = false;
            continue;
        }
        m_afterCarriageReturn = c == '\r';
        if (c == '\n' || c == '\r') {
            takeLine(m_rest, events);
            m_rest.clear();
        } else {
            m_rest.append(c);
        }
        if (m_rest.size() + m_data.size() > kLargestEvent) {
            m_overflowed = true;
            return events;
        }
    }
    return events;
}

void SseParser::takeLine(const QByteArray &line, QList<Event> &events)
{
    if (line.isEmpty()) {
        if (!m_pendingId.isNull())
            m_lastId = m_pendingId;
        if (m_hasData)
            events.append({m_lastId, m_type.isEmpty() ? QByteArrayLiteral("message") : m_type, m_data});
        m_type.clear();
        m_data.clear();
        m_pendingId = QByteArray();
        m_hasData = false;
        return;
    }
    if (line.startsWith(':'))
        return;
    const qsizetype colon = line.indexOf(':');
    const QByteArray field = colon < 0 ? line : line.left(colon);
    QByteArray value = colon < 0 ? QByteArray("") : line.mid(colon + 1);
    if (value.startsWith(' '))
        value.remove(0, 1);
    if (field == "data") {
        if (m_hasData)
            m_data.append('\n');
        m_data.append(value);
        m_hasData = true;
    } else if (field == "event") {
        m_type = value;
    } else if (field == "id" && !value.contains('\0')) {
        m_pendingId = value.isNull() ? QByteArray("") : value;
    }
}

void SseParser::reset()
{
    m_rest.clear();
    m_type.clear();
    m_data.clear();
    m_pendingId = QByteArray();
    m_hasData = false;
    m_afterCarriageReturn = false;
    m_overflowed = false;
}

}  // namespace maxiofs::api
