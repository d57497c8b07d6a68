// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDBusVariant>
#include <QObject>

namespace maxiofs::platform {

// Whether the desktop environment asks for dark windows: the XDG portal's setting
// org.freedesktop.appearance color-scheme where there is a portal, else the lightness of the palette that Qt
// got from the system. Begins with the palette; changed() follows each time the answer changes.
class ColorScheme : public QObject {
    Q_OBJECT
public:
    explicit ColorScheme(QObject *parent = nullptr);

    [[nodiscard]] bool isDark() const { return m_dark; }
    /// The portal's value: 1 prefers dark, 2 light, 0 neither.
    void takePortalValue(uint value);

Q_SIGNALS:
    void changed(bool dark);

private Q_SLOTS:
    void onSettingChanged(const QString &group, const QString &key, const QDBusVariant &value);

private:
    void askPortal();
    void set(bool dark);

    bool m_paletteDark = false;
    bool m_dark = false;
};

}  // namespace maxiofs::platform
