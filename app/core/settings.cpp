// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings.h"

#include <algorithm>
#include <array>

namespace maxiofs::core {

using namespace Qt::StringLiterals;

static QString settingsPath(const QString &path)
{
    return path.isEmpty()
               ? QSettings(QSettings::IniFormat, QSettings::UserScope, u"maxiofs"_s, u"desktop"_s).fileName()
               : path;
}

static QList<ProfileMember> membersOf(const QVariantList &values)
{
    QList<ProfileMember> members;
    for (const QVariant &value : values) {
        const QStringList parts = value.toStringList();
        const ProfileMember member{parts.value(0), consoleAddress(parts.value(1)), parts.value(2)};
        if (member.address.isValid())
            members.append(member);
    }
    return members;
}

static QVariantList valueOf(const QList<ProfileMember> &members)
{
    QVariantList values;
    for (const ProfileMember &member : members)
        values.append(QStringList{member.name, member.address.toString(), member.fingerprint});
    return values;
}

Settings::Settings(const QString &path, QObject *parent)
    : QObject(parent),
      m_settings(settingsPath(path), QSettings::IniFormat)
{
}

QList<Profile> Settings::profiles() const
{
    auto &settings = const_cast<QSettings &>(m_settings);  // reading an array moves QSettings' own cursor
    QList<Profile> profiles;
    const int count = settings.beginReadArray(u"connections"_s);
    for (int i = 0; i < count; ++i) {
        settings.setArrayIndex(i);
        Profile profile;
        profile.id = settings.value(u"id"_s).toString();
        profile.name = settings.value(u"name"_s).toString();
        profile.tag = settings.value(u"tag"_s).toString();
        profile.address = consoleAddress(settings.value(u"address"_s).toString());
        profile.user = settings.value(u"user"_s).toString();
        profile.fingerprint = settings.value(u"fingerprint"_s).toString();
        profile.keepPassword = settings.value(u"keepPassword"_s).toBool();
        profile.lastUsedMs = settings.value(u"lastUsed"_s).toLongLong();
        profile.lastNodeCount = settings.value(u"lastNodeCount"_s).toLongLong();
        profile.lastUsedBytes = settings.value(u"lastUsedBytes"_s).toLongLong();
        profile.members = membersOf(settings.value(u"members"_s).toList());
        // A line that was damaged by hand is passed over, not shown as a connection to nowhere.
        if (!profile.id.isEmpty() && profile.address.isValid())
            profiles.append(profile);
    }
    settings.endArray();
    return profiles;
}

std::optional<Profile> Settings::profile(const QString &id) const
{
    const QList<Profile> all = profiles();
    const auto found = std::ranges::find(all, id, &Profile::id);
    return found == all.end() ? std::nullopt : std::optional(*found);
}

void Settings::writeProfiles(const QList<Profile> &profiles)
{
    m_settings.remove(u"connections"_s);
    m_settings.beginWriteArray(u"connections"_s, static_cast<int>(profiles.size()));
    for (int i = 0; i < profiles.size(); ++i) {
        const Profile &profile = profiles[i];
        m_settings.setArrayIndex(i);
        m_settings.setValue(u"id"_s, profile.id);
        m_settings.setValue(u"name"_s, profile.name);
        m_settings.setValue(u"tag"_s, profile.tag);
        m_settings.setValue(u"address"_s, profile.address.toString());
        m_settings.setValue(u"user"_s, profile.user);
        m_settings.setValue(u"fingerprint"_s, profile.fingerprint);
        m_settings.setValue(u"keepPassword"_s, profile.keepPassword);
        m_settings.setValue(u"lastUsed"_s, static_cast<qlonglong>(profile.lastUsedMs));
        m_settings.setValue(u"lastNodeCount"_s, static_cast<qlonglong>(profile.lastNodeCount));
        m_settings.setValue(u"lastUsedBytes"_s, static_cast<qlonglong>(profile.lastUsedBytes));
        m_settings.setValue(u"members"_s, valueOf(profile.members));
    }
    m_settings.endArray();
    m_settings.sync();
    Q_EMIT profilesChanged();
}

void Settings::saveProfile(const Profile &profile)
{
    QList<Profile> all = profiles();
    const auto found = std::ranges::find(all, profile.id, &Profile::id);
    if (found == all.end())
        all.append(profile);
    else if (*found == profile)
        return;
    else
        *found = profile;
    writeProfiles(all);
}

void Settings::removeProfile(const QString &id)
{
    QList<Profile> all = profiles();
    if (all.removeIf([&id](const Profile &profile) { return profile.id == id; }) > 0)
        writeProfiles(all);
}

QString Settings::themeName() const
{
    const QString name = m_settings.value(u"theme"_s).toString();
    return name == u"light"_s || name == u"dark"_s ? name : u"system"_s;
}

void Settings::setThemeName(const QString &name)
{
    m_settings.setValue(u"theme"_s, name);
}

int Settings::textSize() const
{
    static constexpr std::array kSizes{90, 100, 115, 130};
    const int percent = m_settings.value(u"textSize"_s, 100).toInt();
    return std::ranges::find(kSizes, percent) == kSizes.end() ? 100 : percent;
}

void Settings::setTextSize(int percent)
{
    m_settings.setValue(u"textSize"_s, percent);
}

QByteArray Settings::layoutOf(const QString &objectName) const
{
    return m_settings.value(u"layout/"_s + objectName).toByteArray();
}

void Settings::saveLayout(const QString &objectName, const QByteArray &state)
{
    m_settings.setValue(u"layout/"_s + objectName, state);
}

}  // namespace maxiofs::core
