// SPDX-License-Identifier: GPL-3.0-or-later
#include "identity/access_token.h"

#include "base/hex.h"
#include "crypto/constant_time.h"
#include "crypto/hmac.h"

#include <QJsonDocument>
#include <QJsonObject>

using namespace Qt::StringLiterals;

namespace maxiofs::identity {

namespace {

// The only header that is made and accepted, so that no token can choose its algorithm.
constexpr std::string_view kHeader = R"({"alg":"HS256","typ":"JWT"})";
constexpr auto kIssuer = "maxiofs"_L1;
constexpr std::size_t kLongestToken = 4096;

std::string signatureOf(std::string_view signedPart, const crypto::SecretBytes &key)
{
    return toBase64Url(crypto::hmacSha256(key.view(), signedPart));
}

std::unexpected<Error> refused(std::string why)
{
    return failure(Error::Unauthenticated, std::move(why));
}

}  // namespace

std::string signToken(const AccessToken &token, const crypto::SecretBytes &key)
{
    const QJsonObject claims{{"iss"_L1, kIssuer},
                             {"sub"_L1, QString::fromStdString(token.userId)},
                             {"sid"_L1, QString::fromStdString(token.sessionId)},
                             {"iat"_L1, static_cast<qint64>(token.issuedSeconds)},
                             {"exp"_L1, static_cast<qint64>(token.expiresSeconds)}};
    const std::string body = QJsonDocument(claims).toJson(QJsonDocument::Compact).toStdString();
    const std::string signedPart = toBase64Url(asBytes(kHeader)) + '.' + toBase64Url(asBytes(body));
    return signedPart + '.' + signatureOf(signedPart, key);
}

Result<AccessToken> verifyToken(std::string_view text, const crypto::SecretBytes &key,
                                std::int64_t nowSeconds)
{
    static const std::string expectedHeader = toBase64Url(asBytes(kHeader));
    const std::size_t firstDot = text.find('.');
    const std::size_t lastDot = text.rfind('.');
    if (text.size() > kLongestToken || firstDot == text.npos || firstDot == lastDot ||
        text.substr(0, firstDot) != expectedHeader)
        return refused("The access token is not one of this cluster's: sign in again.");
    const std::string_view signedPart = text.substr(0, lastDot);
    if (!crypto::equalConstantTime(text.substr(lastDot + 1), signatureOf(signedPart, key)))
        return refused("The access token's signature is wrong: sign in again.");

    const auto body = fromBase64Url(signedPart.substr(firstDot + 1));
    const QJsonObject claims =
        body ? QJsonDocument::fromJson(QByteArray::fromStdString(toText(*body))).object() : QJsonObject();
    const AccessToken token{claims.value("sub"_L1).toString().toStdString(),
                            claims.value("sid"_L1).toString().toStdString(),
                            claims.value("iat"_L1).toInteger(), claims.value("exp"_L1).toInteger()};
    if (claims.value("iss"_L1).toString() != kIssuer || token.userId.empty() || token.sessionId.empty())
        return refused("The access token is not one of this cluster's: sign in again.");
    if (token.expiresSeconds <= nowSeconds)
        return refused("The access token has ended: refresh it.");
    return token;
}

}  // namespace maxiofs::identity
