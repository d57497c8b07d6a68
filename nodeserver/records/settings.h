// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "records/records.h"

#include <QJsonValue>

#include <functional>

namespace maxiofs::records {

// Settings that more than one part of the program names.
inline constexpr std::string_view kRegionSetting = "s3-region";
inline constexpr std::string_view kScrubSetting = "scrub-bytes-per-second";
inline constexpr std::string_view kBucketCacheTtlSetting = "bucket-cache-ttl-seconds";
inline constexpr std::string_view kPlacementSetting = "placement";
inline constexpr std::string_view kPlaceByRoom = "free-capacity";  // else "addressed"
inline constexpr std::string_view kProbeIntervalSetting = "health-check-interval-seconds";
inline constexpr std::string_view kProbeLimitSetting = "health-check-timeout-seconds";
inline constexpr std::string_view kReplicationWorkersSetting = "replication-workers";
inline constexpr std::string_view kFailoverSetting = "failover";  // protocol::FailoverPolicy's names
inline constexpr std::string_view kSyncIntervalSetting = "record-sync-interval-seconds";

struct SettingDefinition {
    enum class Type { Integer, Text, Boolean };

    std::string name;  // "s3-region"
    Type type = Type::Text;
    QJsonValue standard;
    std::string unit;  // "bytes per second"; empty for none
    std::string about;
    std::function<Status(const QJsonValue &)> check;  // empty: the type alone is checked
};

// The settings that the whole cluster shares, as records. What exists is said once, at the start; a stored
// setting that is not defined is kept and not shown. Any thread; changes are on the disk when they return.
class Settings {
public:
    [[nodiscard]] static Result<std::unique_ptr<Settings>> load(Records &records,
                                                                std::vector<SettingDefinition> definitions);

    /// The stored value, else the standard one. The name must be defined.
    [[nodiscard]] QJsonValue value(std::string_view name) const;
    [[nodiscard]] std::string text(std::string_view name) const;
    [[nodiscard]] std::int64_t integer(std::string_view name) const;
    [[nodiscard]] bool boolean(std::string_view name) const;
    [[nodiscard]] const std::vector<SettingDefinition> &definitions() const { return m_definitions; }

    /// Changes several at once, or none: InvalidArgument names the one that is unknown or wrong. Null sets
    /// the standard value again.
    [[nodiscard]] Status change(const QJsonObject &values);
    /// Called after each change, wherever it was made, with the new value, on the changing thread. Only
    /// before the node serves.
    void whenChanged(std::string_view name, std::function<void(const QJsonValue &)> call);

private:
    Settings(Records &records, std::vector<SettingDefinition> definitions);
    [[nodiscard]] const SettingDefinition *definition(std::string_view name) const;
    void refresh(const std::vector<RecordKey> &keys);
    void keep(const Record &record) REQUIRES(m_mutex);
    void tell(const std::string &name) const;

    Records &m_records;
    const std::vector<SettingDefinition> m_definitions;
    std::multimap<std::string, std::function<void(const QJsonValue &)>, std::less<>> m_watchers;
    base::Mutex m_changeMutex;
    mutable base::Mutex m_mutex;
    QJsonObject m_stored GUARDED_BY(m_mutex);
    Records::Listening m_listening;  // last: ends first
};

}  // namespace maxiofs::records
