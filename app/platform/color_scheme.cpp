// SPDX-License-Identifier: GPL-3.0-or-later
#include "platform/color_scheme.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QGuiApplication>
#include <QPalette>

namespace maxiofs::platform {

using namespace Qt::StringLiterals;

namespace {

constexpr int kTimeoutMs = 2000;

QString service()
{
    return u"org.freedesktop.portal.Desktop"_s;
}
QString path()
{
    return u"/org/freedesktop/portal/desktop"_s;
}
QString interface()
{
    return u"org.freedesktop.portal.Settings"_s;
}
QString group()
{
    return u"org.freedesktop.appearance"_s;
}
QString key()
{
    return u"color-scheme"_s;
}

// The portal's Read() wraps the value twice.
uint unwrap(QVariant value)
{
    while (value.canConvert<QDBusVariant>())
        value = value.value<QDBusVariant>().variant();
    return value.toUInt();
}

}  // namespace

ColorScheme::ColorScheme(QObject *parent) : QObject(parent)
{
    const QPalette palette = QGuiApplication::palette();
    m_paletteDark =
        palette.color(QPalette::Window).lightness() < palette.color(QPalette::WindowText).lightness();
    m_dark = m_paletteDark;
    askPortal();
}

void ColorScheme::askPortal()
{
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected())
        return;
    bus.connect(service(), path(), interface(), u"SettingChanged"_s, this,
                SLOT(onSettingChanged(QString, QString, QDBusVariant)));
    QDBusMessage call = QDBusMessage::createMethodCall(service(), path(), interface(), u"Read"_s);
    call << group() << key();
    auto *watcher = new QDBusPendingCallWatcher(bus.asyncCall(call, kTimeoutMs), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this](QDBusPendingCallWatcher *answered) {
        const QDBusPendingReply<QVariant> reply = *answered;
        if (reply.isValid())
            takePortalValue(unwrap(reply.value()));
        answered->deleteLater();
    });
}

void ColorScheme::onSettingChanged(const QString &changedGroup, const QString &changedKey,
                                   const QDBusVariant &value)
{
    if (changedGroup == group() && changedKey == key())
        takePortalValue(unwrap(value.variant()));
}

void ColorScheme::takePortalValue(uint value)
{
    constexpr uint kPrefersDark = 1;
    constexpr uint kPrefersLight = 2;
    set(value == kPrefersDark || (value != kPrefersLight && m_paletteDark));
}

void ColorScheme::set(bool dark)
{
    if (m_dark == dark)
        return;
    m_dark = dark;
    Q_EMIT changed(dark);
}

}  // namespace maxiofs::platform
