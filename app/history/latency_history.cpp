// SPDX-License-Identifier: GPL-3.0-or-later
#include "history/latency_history.h"

#include <QFile>
#include <QSqlError>
#include <QSqlQuery>
#include <QUuid>
#include <QVariant>

#include <algorithm>
#include <map>
#include <vector>

namespace maxiofs::history {

using namespace Qt::StringLiterals;

namespace {

// user_version of the file; a greater one was written by a later version and is left alone.
constexpr int kFormat = 1;

Error sqlError(const QSqlError &error, const QString &action)
{
    return {Error::Io, u"The history cannot %1: %2."_s.arg(action, error.text()).toStdString()};
}

QVariant big(std::int64_t value)
{
    return QVariant(static_cast<qlonglong>(value));
}

Status run(QSqlQuery &query, const QString &action)
{
    if (!query.exec())
        return failure(sqlError(query.lastError(), action));
    return {};
}

double medianOf(std::vector<double> values)
{
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
}

}  // namespace

LatencyHistory::LatencyHistory(QObject *parent)
    : QObject(parent),
      m_connectionName(QUuid::createUuid().toString(QUuid::WithoutBraces))
{
}

LatencyHistory::~LatencyHistory()
{
    m_database.close();
    m_database = {};
    QSqlDatabase::removeDatabase(m_connectionName);
}

Status LatencyHistory::open(const QString &path)
{
    Status opened = tryOpen(path);
    if (opened || opened.error().code != Error::Corrupt)
        return opened;
    m_database.close();
    const QString aside = path + u".damaged"_s;
    QFile::remove(aside);
    if (!QFile::rename(path, aside))
        return opened;
    return tryOpen(path);
}

Status LatencyHistory::tryOpen(const QString &path)
{
    if (!m_database.isValid())
        m_database = QSqlDatabase::addDatabase(u"QSQLITE"_s, m_connectionName);
    m_database.setDatabaseName(path);
    if (!m_database.open())
        return failure(sqlError(m_database.lastError(), u"be opened"_s));
    QSqlQuery query(m_database);
    for (const QString &pragma : {u"PRAGMA journal_mode=WAL"_s, u"PRAGMA synchronous=NORMAL"_s}) {
        if (!query.exec(pragma)) {
            // SQLITE_NOTADB (26) and SQLITE_CORRUPT (11): not to be mended, and no loss.
            const QString code = query.lastError().nativeErrorCode();
            const bool damaged = code == u"26"_s || code == u"11"_s;
            Error error = sqlError(query.lastError(), u"be opened"_s);
            error.code = damaged ? Error::Corrupt : Error::Io;
            return failure(std::move(error));
        }
    }
    if (!query.exec(u"PRAGMA user_version"_s) || !query.next())
        return failure(sqlError(query.lastError(), u"be read"_s));
    const int format = query.value(0).toInt();
    query.finish();
    if (format > kFormat) {
        m_database.close();
        return failure(Error::Unsupported, "The history was written by a later version of this program.");
    }
    query.prepare(
        u"CREATE TABLE IF NOT EXISTS latency(cluster TEXT NOT NULL, node TEXT NOT NULL,"
        " resolution INTEGER NOT NULL, at INTEGER NOT NULL, median REAL NOT NULL, lowest REAL NOT NULL,"
        " highest REAL NOT NULL, PRIMARY KEY(cluster, node, resolution, at)) WITHOUT ROWID"_s);
    TRY_STATUS(run(query, u"be made"_s));
    query.prepare(u"PRAGMA user_version=%1"_s.arg(kFormat));
    return run(query, u"be made"_s);
}

Status LatencyHistory::add(const QString &cluster, const QString &node, Resolution resolution,
                           const QList<Sample> &samples)
{
    if (samples.isEmpty())
        return {};
    if (!m_database.transaction())
        return failure(sqlError(m_database.lastError(), u"be written"_s));
    QSqlQuery query(m_database);
    query.prepare(u"INSERT OR REPLACE INTO latency VALUES(?, ?, ?, ?, ?, ?, ?)"_s);
    for (const Sample &sample : samples) {
        query.addBindValue(cluster);
        query.addBindValue(node);
        query.addBindValue(big(static_cast<std::int64_t>(resolution)));
        query.addBindValue(big(sample.atMs));
        query.addBindValue(sample.median);
        query.addBindValue(sample.lowest);
        query.addBindValue(sample.highest);
        if (Status added = run(query, u"be written"_s); !added) {
            m_database.rollback();
            return added;
        }
    }
    if (!m_database.commit())
        return failure(sqlError(m_database.lastError(), u"be written"_s));
    return {};
}

Result<QList<Sample>> LatencyHistory::read(const QString &cluster, const QString &node, Resolution resolution,
                                           std::int64_t fromMs, std::int64_t toMs) const
{
    QSqlQuery query(m_database);
    query.setForwardOnly(true);
    query.prepare(
        u"SELECT at, median, lowest, highest FROM latency WHERE cluster=? AND node=? AND resolution=?"
        " AND at>=? AND at<? ORDER BY at"_s);
    query.addBindValue(cluster);
    query.addBindValue(node);
    query.addBindValue(big(static_cast<std::int64_t>(resolution)));
    query.addBindValue(big(fromMs));
    query.addBindValue(big(toMs));
    TRY_STATUS(run(query, u"be read"_s));
    QList<Sample> samples;
    while (query.next()) {
        samples.append({query.value(0).toLongLong(), query.value(1).toDouble(), query.value(2).toDouble(),
                        query.value(3).toDouble()});
    }
    return samples;
}

Result<std::int64_t> LatencyHistory::newest(const QString &cluster, const QString &node,
                                            Resolution resolution) const
{
    QSqlQuery query(m_database);
    query.prepare(u"SELECT coalesce(max(at), 0) FROM latency WHERE cluster=? AND node=? AND resolution=?"_s);
    query.addBindValue(cluster);
    query.addBindValue(node);
    query.addBindValue(big(static_cast<std::int64_t>(resolution)));
    TRY_STATUS(run(query, u"be read"_s));
    return query.next() ? query.value(0).toLongLong() : 0;
}

Status LatencyHistory::rollUp(std::int64_t nowMs)
{
    TRY_STATUS(rollUpInto(Resolution::TenSeconds, Resolution::Second, nowMs));
    TRY_STATUS(rollUpInto(Resolution::Minute, Resolution::TenSeconds, nowMs));
    TRY_STATUS(removeOlder(Resolution::Second, nowMs - kSecondsKeptMs));
    TRY_STATUS(removeOlder(Resolution::TenSeconds, nowMs - kTenSecondsKeptMs));
    return removeOlder(Resolution::Minute, nowMs - kMinutesKeptMs);
}

Status LatencyHistory::rollUpInto(Resolution coarse, Resolution fine, std::int64_t nowMs)
{
    const auto stretch = static_cast<std::int64_t>(coarse);
    const std::int64_t endMs = nowMs / stretch * stretch;  // the stretch of now is not over
    QSqlQuery query(m_database);
    query.setForwardOnly(true);
    // Only stretches that have no coarse sample yet: one that came from the node itself stays.
    query.prepare(u"SELECT cluster, node, at, median, lowest, highest FROM latency AS fine WHERE resolution=?"
                  " AND at<? AND NOT EXISTS(SELECT 1 FROM latency AS coarse WHERE coarse.cluster=fine.cluster"
                  " AND coarse.node=fine.node AND coarse.resolution=? AND coarse.at=fine.at / ? * ?)"_s);
    query.addBindValue(big(static_cast<std::int64_t>(fine)));
    query.addBindValue(big(endMs));
    query.addBindValue(big(stretch));
    query.addBindValue(big(stretch));
    query.addBindValue(big(stretch));
    TRY_STATUS(run(query, u"be read"_s));

    struct Stretch {
        std::vector<double> medians;
        double lowest = 0;
        double highest = 0;
    };
    std::map<std::pair<QString, QString>, std::map<std::int64_t, Stretch>> stretches;
    while (query.next()) {
        const std::int64_t at = query.value(2).toLongLong() / stretch * stretch;
        Stretch &into = stretches[{query.value(0).toString(), query.value(1).toString()}][at];
        const double lowest = query.value(4).toDouble();
        const double highest = query.value(5).toDouble();
        into.lowest = into.medians.empty() ? lowest : std::min(into.lowest, lowest);
        into.highest = into.medians.empty() ? highest : std::max(into.highest, highest);
        into.medians.push_back(query.value(3).toDouble());
    }
    query.finish();
    for (const auto &[whose, made] : stretches) {
        QList<Sample> samples;
        for (const auto &[at, from] : made)
            samples.append({at, medianOf(from.medians), from.lowest, from.highest});
        TRY_STATUS(add(whose.first, whose.second, coarse, samples));
    }
    return {};
}

Status LatencyHistory::removeOlder(Resolution resolution, std::int64_t beforeMs)
{
    QSqlQuery query(m_database);
    query.prepare(u"DELETE FROM latency WHERE resolution=? AND at<?"_s);
    query.addBindValue(big(static_cast<std::int64_t>(resolution)));
    query.addBindValue(big(beforeMs));
    return run(query, u"be trimmed"_s);
}

}  // namespace maxiofs::history
