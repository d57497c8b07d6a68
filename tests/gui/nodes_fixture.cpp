// SPDX-License-Identifier: GPL-3.0-or-later
#include "nodes_fixture.h"

#include <QApplication>
#include <QLabel>

namespace maxiofs::test {

using namespace Qt::StringLiterals;

NodesFixture::NodesFixture()
    : console(std::make_unique<FakeConsole>()),
      harness(std::make_unique<WindowHarness>())
{
    console->makeCertificate();
    fillSmall(*console);
    console->peerFingerprint = peer();
    if (!console->start())
        qFatal("The console cannot listen.");
}

NodesFixture::~NodesFixture()
{
    harness.reset();
}

std::string NodesFixture::peer()
{
    return "3a9f41c07e12b8d5602bf49ce71583aa0d6ec93851f2947bb61ce05f82a73d49";
}

bool NodesFixture::open()
{
    harness->connectTo(*console);
    harness->window().go(u"test"_s, u"nodes"_s);
    return soon([&] {
        return harness->workspace()->nodeActions().refusal().isEmpty() &&
               harness->workspace()->cluster().hasBuckets();
    });
}

QString NodesFixture::problemAt(const QString &field)
{
    auto *label = harness->dialog()->findChild<QLabel *>(field + u"Problem"_s);
    return label && label->isVisible() ? label->text() : QString();
}

bool NodesFixture::opens(const QString &dialog)
{
    return soon([&] {
        const QDialog *open = harness->dialog();
        return open && open->isVisible() && open->objectName() == dialog;
    });
}

QStringList NodesFixture::placesOf(const QString &secret)
{
    QStringList places;
    for (const QWidget *widget : QApplication::allWidgets()) {
        const auto *field = qobject_cast<const QLineEdit *>(widget);
        const auto *label = qobject_cast<const QLabel *>(widget);
        if ((field && field->text().contains(secret)) || (label && label->text().contains(secret)) ||
            widget->toolTip().contains(secret) || widget->accessibleDescription().contains(secret))
            places << widget->objectName();
    }
    return places;
}

}  // namespace maxiofs::test
