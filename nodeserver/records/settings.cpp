// SPDX-License-Identifier: GPL-3.0-or-later
#include "records/settings.h"

#include "base/log_line.h"

#include <algorithm>
#include <cassert>

using namespace Qt::StringLiterals;

namespace maxiofs::records {

namespace {

constexpr auto kValue = "value"_L1;
constexpr qsizetype kLongestText = 4096;

QString keyOf(std::string_view name)
{
    return QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
}

Status checkType(const SettingDefinition &definition, const QJsonValue &value)
{
    const auto refuse = [&](std::string_view expected) {
        return failure(Error::InvalidArgument,
                       "Setting " + definition.name + " must be " + std::string(expected) + ".",
                       definition.name);
    };
    switch (definition.type) {
    case SettingDefinition::Type::Integer:
        if (value.toInteger(0) != value.toInteger(1))
            return refuse("a whole number");
        break;
    case SettingDefinition::Type::Text:
        if (!value.isString() || value.toString().size() > kLongestText)
            return refuse("a text of at most 4096 characters");
        break;
    case SettingDefinition::Type::Boolean:
        if (!value.isBool())
            return refuse("true or false");
        break;
    }
    return definition.check ? definition.check(value) : Status();
}

}  // namespace

Result<std::unique_ptr<Settings>> Settings::load(Records &records, std::vector<SettingDefinition> definitions)
{
    std::unique_ptr<Settings> settings(new Settings(records, std::move(definitions)));
    TRY_ASSIGN(const auto stored, records.load(Kind::Setting));
    {
        const base::MutexLock lock(settings->m_mutex);
        for (const Record &record : stored)
            settings->keep(record);
    }
    settings->m_listening =
        records.whenChanged([raw = settings.get()](const std::vector<RecordKey> &keys, Origin origin) {
            if (origin == Origin::Merged)
                raw->refresh(keys);
        });
    return settings;
}

Settings::Settings(Records &records, std::vector<SettingDefinition> definitions)
    : m_records(records),
      m_definitions(std::move(definitions))
{
}

const SettingDefinition *Settings::definition(std::string_view name) const
{
    const auto found = std::ranges::find(m_definitions, name, &SettingDefinition::name);
    return found == m_definitions.end() ? nullptr : &*found;
}

QJsonValue Settings::value(std::string_view name) const
{
    const SettingDefinition *known = definition(name);
    assert(known != nullptr);
    const base::MutexLock lock(m_mutex);
    const QJsonValue stored = m_stored.value(keyOf(name));
    return stored.isUndefined() || stored.isNull() ? known->standard : stored;
}

std::string Settings::text(std::string_view name) const
{
    return value(name).toString().toStdString();
}

std::int64_t Settings::integer(std::string_view name) const
{
    return value(name).toInteger();
}

bool Settings::boolean(std::string_view name) const
{
    return value(name).toBool();
}

Status Settings::change(const QJsonObject &values)
{
    std::vector<Change> changes;
    for (auto field = values.begin(); field != values.end(); ++field) {
        const std::string name = field.key().toStdString();
        const SettingDefinition *known = definition(name);
        if (known == nullptr)
            return failure(Error::InvalidArgument, "There is no setting " + name + ".", name);
        if (!field.value().isNull())
            TRY_STATUS(checkType(*known, field.value()));
        changes.push_back(Change::put(Kind::Setting, name, {{kValue, field.value()}}));
    }
    {
        const base::MutexLock change(m_changeMutex);
        TRY_STATUS(m_records.apply(changes));
        const base::MutexLock lock(m_mutex);
        for (auto field = values.begin(); field != values.end(); ++field)
            m_stored.insert(field.key(), field.value());
    }
    for (const Change &change : changes)
        tell(change.id);
    return {};
}

void Settings::refresh(const std::vector<RecordKey> &keys)
{
    std::vector<RecordKey> own;
    std::ranges::copy_if(keys, std::back_inserter(own),
                         [](const RecordKey &key) { return key.kind == Kind::Setting; });
    if (own.empty())
        return;
    {
        const base::MutexLock change(m_changeMutex);
        const auto stored = m_records.findAll(own);
        if (!stored) {
            base::errorLine("settings that changed cannot be read").with("error", stored.error().message);
            return;
        }
        const base::MutexLock lock(m_mutex);
        for (const RecordKey &key : own)
            m_stored.remove(keyOf(key.id));
        for (const Record &record : *stored) {
            if (!record.deleted)
                keep(record);
        }
    }
    for (const RecordKey &key : own) {
        if (definition(key.id) != nullptr)
            tell(key.id);
    }
}

// A value that another version wrote and this one cannot use counts as not set.
void Settings::keep(const Record &record)
{
    const QJsonValue stored = record.body.value(kValue);
    const SettingDefinition *known = definition(record.id);
    if (known != nullptr && !stored.isNull()) {
        if (const Status usable = checkType(*known, stored); !usable) {
            base::warningLine("a stored setting is not used").with("error", usable.error().message);
            return;
        }
    }
    m_stored.insert(keyOf(record.id), stored);
}

void Settings::tell(const std::string &name) const
{
    const auto [first, last] = m_watchers.equal_range(name);
    for (auto watcher = first; watcher != last; ++watcher)
        watcher->second(value(name));
}

void Settings::whenChanged(std::string_view name, std::function<void(const QJsonValue &)> call)
{
    assert(definition(name) != nullptr);
    m_watchers.emplace(name, std::move(call));
}

}  // namespace maxiofs::records
