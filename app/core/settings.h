// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/profile.h"

#include <QByteArray>
#include <QList>
#include <QObject>
#include <QSettings>

#include <optional>

namespace maxiofs::core {

// What the program remembers between two starts, without secrets. GUI thread; changes are written at once.
class Settings : public QObject {
    Q_OBJECT
public:
    /// `path` is the file; empty: the user's own.
    explicit Settings(const QString &path = {}, QObject *parent = nullptr);

    [[nodiscard]] QList<Profile> profiles() const;
    [[nodiscard]] std::optional<Profile> profile(const QString &id) const;
    /// Adds it, or replaces the one with the same id.
    void saveProfile(const Profile &profile);
    void removeProfile(const QString &id);

    /// "system", "light" or "dark".
    [[nodiscard]] QString themeName() const;
    void setThemeName(const QString &name);
    /// 90, 100, 115 or 130.
    [[nodiscard]] int textSize() const;
    void setTextSize(int percent);

    /// State of a window, a table or a splitter, by the object's name.
    [[nodiscard]] QByteArray layoutOf(const QString &objectName) const;
    void saveLayout(const QString &objectName, const QByteArray &state);

Q_SIGNALS:
    void profilesChanged();

private:
    void writeProfiles(const QList<Profile> &profiles);

    QSettings m_settings;
};

}  // namespace maxiofs::core
