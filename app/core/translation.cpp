// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/translation.h"

#include <QCoreApplication>
#include <QLocale>
#include <QTranslator>

static void initTranslations()
{
    Q_INIT_RESOURCE(maxiofs_translations);
}

namespace maxiofs::core {

using namespace Qt::StringLiterals;

void installTranslations(QCoreApplication &application)
{
    initTranslations();
    // The last one installed is asked first: English stands behind all others.
    auto *english = new QTranslator(&application);
    if (english->load(u":/translations/maxiofs_en.qm"_s))
        QCoreApplication::installTranslator(english);
    auto *own = new QTranslator(&application);
    if (own->load(QLocale(), u"maxiofs"_s, u"_"_s, u":/translations"_s))
        QCoreApplication::installTranslator(own);
}

}  // namespace maxiofs::core
