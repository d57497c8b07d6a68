// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/profile.h"

namespace maxiofs::core {

using namespace Qt::StringLiterals;

QUrl consoleAddress(const QString &text)
{
    constexpr int kConsolePort = 8081;
    QString address = text.trimmed();
    if (address.isEmpty() || address.contains(u' '))
        return {};
    if (!address.contains(u"://"_s))
        address.prepend(u"https://"_s);
    QUrl url(address, QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty() || (url.scheme() != u"http"_s && url.scheme() != u"https"_s))
        return {};
    if (!url.userInfo().isEmpty() || url.hasQuery() || url.hasFragment())
        return {};
    if (url.port() < 0)
        url.setPort(kConsolePort);
    url.setPath(QString());
    return url;
}

}  // namespace maxiofs::core
