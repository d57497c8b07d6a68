// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme/icon_loader.h"
#include "theme/status_shape.h"
#include "theme/theme.h"

#include "support/test_runner.h"

#include <QDir>
#include <QPainter>

#include <set>

using namespace Qt::StringLiterals;
using namespace maxiofs::theme;

namespace icon_loader_test {

QImage shapeOf(Status status)
{
    QImage image(20, 20, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    StatusShape::paint(&painter, QRectF(0, 0, 20, 20), status);
    painter.end();
    return image;
}

// The outline alone: states must differ to a person who sees no colours.
QByteArray outlineOf(Status status)
{
    const QImage mask = shapeOf(status).createAlphaMask(Qt::ThresholdDither);
    QByteArray bits;
    for (int y = 0; y < mask.height(); ++y) {
        for (int x = 0; x < mask.width(); ++x)
            bits.append(mask.pixelIndex(x, y) != 0 ? '#' : '.');
    }
    return bits;
}

}  // namespace icon_loader_test

class IconLoaderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyIconPaintsInTheColourAskedFor();
    void pictureIsSharpOnDenseScreens();
    void iconFollowsTheTheme();
    void everyStatusHasItsOwnOutline();
};

void IconLoaderTest::everyIconPaintsInTheColourAskedFor()
{
    (void)Theme::instance().styleSheet();  // makes the resources known
    const QStringList names = QDir(u":/icons"_s).entryList({u"*.svg"_s});
    QVERIFY(names.size() > 10);

    for (const QString &name : names) {
        if (name == u"maxiofs.svg"_s)
            continue;
        const QImage image = IconLoader::pixmap(name.chopped(4), QColor(Qt::magenta), 32, 1)
                                 .toImage()
                                 .convertToFormat(QImage::Format_ARGB32);
        int painted = 0;
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x) {
                const QColor pixel = image.pixelColor(x, y);
                if (pixel.alpha() < 200)
                    continue;
                ++painted;
                QVERIFY2(pixel.red() > 240 && pixel.green() < 20, qPrintable(name));
            }
        }
        QVERIFY2(painted > 10, qPrintable(name));
    }
}

void IconLoaderTest::pictureIsSharpOnDenseScreens()
{
    const QPixmap picture = IconLoader::pixmap(u"server"_s, Qt::black, 16, 2);

    QCOMPARE(picture.size(), QSize(32, 32));
    QCOMPARE(picture.deviceIndependentSize(), QSizeF(16, 16));
}

void IconLoaderTest::iconFollowsTheTheme()
{
    Theme::instance().setMode(Theme::Mode::Light);
    const QIcon icon = IconLoader::icon(u"server"_s);
    const QImage light = icon.pixmap(QSize(16, 16)).toImage();

    Theme::instance().setMode(Theme::Mode::Dark);
    const QImage dark = icon.pixmap(QSize(16, 16)).toImage();

    QVERIFY(light != dark);
}

void IconLoaderTest::everyStatusHasItsOwnOutline()
{
    std::set<QByteArray> outlines;
    for (const Status status : {Status::None, Status::Ok, Status::Running, Status::Pending, Status::Unknown,
                                Status::Warn, Status::Bad})
        outlines.insert(icon_loader_test::outlineOf(status));

    QCOMPARE(outlines.size(), std::size_t(7));
}

MAXIOFS_TEST(IconLoaderTest)
#include "icon_loader_test.moc"
