// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node_fields.h"

#include <QJsonDocument>
#include <QStringList>
#include <QUrl>

#include <algorithm>

namespace maxiofs::core {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype kTokenDigits = 64;

}  // namespace

QString NodeFields::endpoint(const QString &text)
{
    constexpr int kS3Port = 8080;
    QString address = text.trimmed();
    if (address.isEmpty() || address.contains(u' '))
        return {};
    if (!address.contains(u"://"_s))
        address.prepend(u"https://"_s);
    QUrl url(address, QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty() || (url.scheme() != u"http"_s && url.scheme() != u"https"_s))
        return {};
    if (!url.userInfo().isEmpty() || url.hasQuery() || url.hasFragment() || url.path().size() > 1)
        return {};
    if (url.port() < 0)
        url.setPort(kS3Port);
    url.setPath(QString());
    return url.toString();
}

static bool isPlain(const QString &text)
{
    return !text.isEmpty() && text == text.trimmed() && !text.contains(u',') && !text.contains(u'=') &&
           !text.startsWith(u'{');
}

QString NodeFields::textOf(const QJsonObject &metadata)
{
    QStringList pairs;
    for (auto field = metadata.begin(); field != metadata.end(); ++field) {
        if (!field->isString() || !isPlain(field.key()) || !isPlain(field->toString()))
            return QString::fromUtf8(QJsonDocument(metadata).toJson(QJsonDocument::Compact));
        pairs << field.key() + u'=' + field->toString();
    }
    return pairs.join(u", "_s);
}

std::expected<QJsonObject, QString> NodeFields::metadata(const QString &text)
{
    const QString trimmed = text.trimmed();
    if (trimmed.startsWith(u'{')) {
        QJsonParseError error;
        const QJsonDocument document = QJsonDocument::fromJson(trimmed.toUtf8(), &error);
        if (!document.isObject())
            return std::unexpected(tr("This JSON object cannot be read: %1.").arg(error.errorString()));
        return document.object();
    }
    QJsonObject metadata;
    for (const QString &pair : trimmed.split(u',', Qt::SkipEmptyParts)) {
        const qsizetype equals = pair.indexOf(u'=');
        const QString name = pair.left(std::max<qsizetype>(equals, 0)).trimmed();
        if (name.isEmpty())
            return std::unexpected(tr("Write it as name=value, separated by commas."));
        metadata.insert(name, pair.mid(equals + 1).trimmed());
    }
    return metadata;
}

QString NodeFields::token(const QString &text)
{
    QString token = text;
    token.removeIf([](QChar c) { return c.isSpace(); });
    return token.toLower();
}

bool NodeFields::isToken(const QString &text)
{
    return token(text).size() == kTokenDigits && !isNoToken(text);
}

bool NodeFields::isNoToken(const QString &text)
{
    const QString wanted = token(text);
    return wanted.size() > kTokenDigits || !std::ranges::all_of(wanted, [](QChar c) {
               return (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f');
           });
}

}  // namespace maxiofs::core
