// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "history/sample.h"

#include <QList>
#include <QObject>
#include <QSqlDatabase>
#include <QString>

namespace maxiofs::history {

// The latency of nodes as this program has seen it, in an SQLite file: every second for an hour, every ten
// seconds for a day, every minute for 30 days. A coarser sample is made from the finer ones once its stretch
// is over. A damaged file is put aside and begun anew: history is a convenience. One thread.
class LatencyHistory : public QObject {
    Q_OBJECT
public:
    static constexpr std::int64_t kSecondsKeptMs = 3600LL * 1000;
    static constexpr std::int64_t kTenSecondsKeptMs = 24 * 3600LL * 1000;
    static constexpr std::int64_t kMinutesKeptMs = 30 * 24 * 3600LL * 1000;

    explicit LatencyHistory(QObject *parent = nullptr);
    ~LatencyHistory() override;

    /// Opens or makes the file. Fails where it can be neither.
    [[nodiscard]] Status open(const QString &path);
    [[nodiscard]] bool isOpen() const { return m_database.isOpen(); }

    /// Adds samples of one node, in one transaction; one for a stretch that is there replaces it.
    [[nodiscard]] Status add(const QString &cluster, const QString &node, Resolution resolution,
                             const QList<Sample> &samples);
    /// Samples from `fromMs` (included) to `toMs` (excluded), oldest first.
    [[nodiscard]] Result<QList<Sample>> read(const QString &cluster, const QString &node,
                                             Resolution resolution, std::int64_t fromMs,
                                             std::int64_t toMs) const;
    /// The start of the newest sample; 0 where there is none.
    [[nodiscard]] Result<std::int64_t> newest(const QString &cluster, const QString &node,
                                              Resolution resolution) const;
    /// Makes the coarser samples that are due and removes what is too old.
    [[nodiscard]] Status rollUp(std::int64_t nowMs);

private:
    [[nodiscard]] Status tryOpen(const QString &path);
    [[nodiscard]] Status rollUpInto(Resolution coarse, Resolution fine, std::int64_t nowMs);
    [[nodiscard]] Status removeOlder(Resolution resolution, std::int64_t beforeMs);

    QString m_connectionName;
    QSqlDatabase m_database;
};

}  // namespace maxiofs::history
