// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme/icon_loader.h"

#include "theme/theme.h"

#include <QFile>
#include <QHash>
#include <QIconEngine>
#include <QPaintDevice>
#include <QPainter>
#include <QSvgRenderer>

#include <algorithm>
#include <cmath>

namespace maxiofs::theme {

using namespace Qt::StringLiterals;

namespace {

QHash<QString, QPixmap> &cache()
{
    static QHash<QString, QPixmap> pictures;
    return pictures;
}

class ThemeIconEngine : public QIconEngine {
public:
    ThemeIconEngine(QString name, Token normal, Token checked)
        : m_name(std::move(name)),
          m_normal(normal),
          m_checked(checked)
    {
    }

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State state) override
    {
        const qreal ratio = painter->device()->devicePixelRatioF();
        const int size = std::min(rect.width(), rect.height());
        QRect target(0, 0, size, size);
        target.moveCenter(rect.center());
        painter->drawPixmap(target, IconLoader::pixmap(m_name, colorFor(mode, state), size, ratio));
    }

    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override
    {
        return scaledPixmap(size, mode, state, 1);
    }

    QPixmap scaledPixmap(const QSize &size, QIcon::Mode mode, QIcon::State state, qreal scale) override
    {
        const int side = static_cast<int>(std::lround(std::min(size.width(), size.height()) / scale));
        return IconLoader::pixmap(m_name, colorFor(mode, state), side, scale);
    }

    [[nodiscard]] QIconEngine *clone() const override { return new ThemeIconEngine(*this); }

private:
    [[nodiscard]] QColor colorFor(QIcon::Mode mode, QIcon::State state) const
    {
        if (mode == QIcon::Disabled)
            return Theme::color(Token::Disabled);
        return Theme::color(state == QIcon::On ? m_checked : m_normal);
    }

    QString m_name;
    Token m_normal;
    Token m_checked;
};

}  // namespace

QPixmap IconLoader::pixmap(const QString &name, const QColor &color, int size, qreal ratio)
{
    const QString key = u"%1 %2 %3 %4"_s.arg(name, color.name()).arg(size).arg(ratio);
    if (const auto found = cache().constFind(key); found != cache().constEnd())
        return *found;

    QFile file(u":/icons/%1.svg"_s.arg(name));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("There is no icon %s in this program.", qUtf8Printable(name));
    QByteArray text = file.readAll();
    text.replace("currentColor", color.name().toLatin1());
    QSvgRenderer renderer(text);
    const int pixels = static_cast<int>(std::lround(size * ratio));
    QPixmap picture(pixels, pixels);
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    renderer.render(&painter, QRectF(0, 0, pixels, pixels));
    painter.end();
    picture.setDevicePixelRatio(ratio);
    cache().insert(key, picture);
    return picture;
}

QIcon IconLoader::icon(const QString &name, Token normal, Token checked)
{
    return QIcon(new ThemeIconEngine(name, normal, checked));
}

void IconLoader::paint(QPainter *painter, const QRect &rect, const QString &name, Token token, int size)
{
    const QPixmap picture = pixmap(name, Theme::color(token), size, painter->device()->devicePixelRatioF());
    const QPoint origin(rect.x() + (rect.width() - size) / 2, rect.y() + (rect.height() - size) / 2);
    painter->drawPixmap(origin, picture);
}

void IconLoader::dropCache()
{
    cache().clear();
}

}  // namespace maxiofs::theme
