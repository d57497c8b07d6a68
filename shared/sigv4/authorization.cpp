// SPDX-License-Identifier: GPL-3.0-or-later
#include "sigv4/authorization.h"

#include "text/ascii.h"
#include "text/dates.h"
#include "text/uri.h"

#include <algorithm>
#include <array>

namespace maxiofs::sigv4 {

namespace {

constexpr std::size_t kMaxSignedHeaders = 128;
constexpr std::size_t kUsualSignedHeaders = 8;
constexpr std::size_t kMaxAccessKeyLength = 128;
constexpr std::size_t kMaxRegionLength = 64;
constexpr std::string_view kTerminator = "aws4_request";

std::unexpected<AuthError> refuse(AuthErrorCode code, std::string message)
{
    return std::unexpected(AuthError{code, std::move(message), {}, {}});
}

std::unexpected<AuthError> malformed(const Authorization &auth, std::string message)
{
    if (auth.kind == Authorization::Kind::Presigned)
        return refuse(AuthErrorCode::AuthorizationQueryParametersError, std::move(message));
    return refuse(AuthErrorCode::AuthorizationHeaderMalformed,
                  "The authorization header is malformed; " + std::move(message));
}

// "<access key>/<day>/<region>/<service>/aws4_request"; the access key may hold slashes itself.
AuthResult<void> readCredential(Authorization &auth, std::string_view credential)
{
    std::array<std::string_view, 4> scope;
    for (std::size_t i = scope.size(); i-- > 0;) {
        const std::size_t slash = credential.rfind('/');
        if (slash == std::string_view::npos)
            return malformed(auth, "the Credential is mal-formed; expecting "
                                   "\"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".");
        scope[i] = credential.substr(slash + 1);
        credential = credential.substr(0, slash);
    }
    const auto [day, region, service, terminator] = scope;
    if (credential.empty() || credential.size() > kMaxAccessKeyLength)
        return malformed(auth, "the access key in the Credential is missing or too long.");
    if (day.size() != 8 || !text::parseAmzDate(std::string(day) + "T000000Z"))
        return malformed(auth,
                         "incorrect date format in the Credential. This date in the credential must be in "
                         "the format \"yyyyMMdd\".");
    if (region.empty() || region.size() > kMaxRegionLength)
        return malformed(auth, "the region in the Credential is missing or too long.");
    if (service != kService)
        return malformed(auth, "incorrect service \"" + std::string(service) +
                                   "\". This endpoint belongs to \"s3\".");
    if (terminator != kTerminator)
        return malformed(auth, "incorrect terminal \"" + std::string(terminator) +
                                   "\". This endpoint uses \"aws4_request\".");
    auth.accessKeyId = credential;
    auth.day = day;
    auth.region = region;
    auth.service = service;
    return {};
}

AuthResult<void> readSignedHeaders(Authorization &auth, std::string_view list)
{
    auth.signedHeaders.reserve(kUsualSignedHeaders);
    text::forEachPiece(list, ';', [&](std::string_view name) {
        if (auth.signedHeaders.size() <= kMaxSignedHeaders)
            auth.signedHeaders.push_back(text::toLower(name));
    });
    // Clients that sort by the form before lower-casing exist; the canonical request needs one order.
    std::ranges::sort(auth.signedHeaders);
    const bool repeated = std::ranges::adjacent_find(auth.signedHeaders) != auth.signedHeaders.end();
    if (auth.signedHeaders.size() > kMaxSignedHeaders || repeated || auth.signedHeaders.front().empty())
        return malformed(auth, "the SignedHeaders list is empty, too long or names a header twice.");
    if (!std::ranges::binary_search(auth.signedHeaders, "host"))
        return malformed(auth, "the host header must be signed.");
    return {};
}

AuthResult<void> readSignature(Authorization &auth, std::string_view signature)
{
    if (!isHexDigest(signature))
        return malformed(auth, "the Signature must be 64 lower-case hex digits.");
    auth.signature = signature;
    return {};
}

// "AWS4-HMAC-SHA256 Credential=..., SignedHeaders=..., Signature=..." in any order, blanks after commas or
// not.
AuthResult<void> readHeader(Authorization &auth, std::string_view value)
{
    value = text::trim(value);
    const std::size_t space = value.find(' ');
    const std::string_view algorithm = value.substr(0, space);
    if (algorithm == "AWS")
        return refuse(AuthErrorCode::InvalidRequest,
                      "The authorization mechanism you have provided is not supported. Please use "
                      "AWS4-HMAC-SHA256.");
    if (algorithm != kAlgorithm)
        return refuse(AuthErrorCode::InvalidArgument, "Unsupported Authorization Type");

    std::string_view credential;
    std::string_view signedHeaders;
    std::string_view signature;
    bool known = space != std::string_view::npos;
    const std::string_view fields = known ? value.substr(space + 1) : std::string_view();
    text::forEachPiece(fields, ',', [&](std::string_view piece) {
        piece = text::trim(piece);
        const std::size_t equals = piece.find('=');
        const std::string_view name = piece.substr(0, equals);
        std::string_view *const field = name == "Credential"      ? &credential
                                        : name == "SignedHeaders" ? &signedHeaders
                                        : name == "Signature"     ? &signature
                                                                  : nullptr;
        if (equals == std::string_view::npos || field == nullptr || !field->empty())
            known = false;
        else
            *field = piece.substr(equals + 1);
    });
    if (!known || credential.empty() || signedHeaders.empty() || signature.empty())
        return malformed(auth,
                         "the authorization header requires three components: Credential, SignedHeaders, "
                         "and Signature.");
    if (auto read = readCredential(auth, credential); !read)
        return read;
    if (auto read = readSignedHeaders(auth, signedHeaders); !read)
        return read;
    return readSignature(auth, signature);
}

AuthResult<void> readQuery(Authorization &auth, const text::Query &query)
{
    for (const std::string_view name : {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires",
                                        "X-Amz-SignedHeaders", "X-Amz-Signature"}) {
        if (query.count(name) != 1)
            return malformed(auth, "Query-string authentication version 4 requires the X-Amz-Algorithm, "
                                   "X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and "
                                   "X-Amz-Expires parameters, each of them once.");
    }
    if (*query.find("X-Amz-Algorithm") != kAlgorithm)
        return malformed(auth, "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\".");
    if (auto read = readCredential(auth, *query.find("X-Amz-Credential")); !read)
        return read;
    const auto expires = text::parseUnsigned(*query.find("X-Amz-Expires"));
    if (!expires)
        return malformed(auth, "X-Amz-Expires should be a number.");
    if (*expires > kMaxPresignSeconds)
        return malformed(auth, "X-Amz-Expires must be less than a week (in seconds); that is, the given "
                               "X-Amz-Expires must be less than 604800 seconds.");
    auth.expiresSeconds = *expires;
    if (auto read = readSignedHeaders(auth, *query.find("X-Amz-SignedHeaders")); !read)
        return read;
    return readSignature(auth, *query.find("X-Amz-Signature"));
}

// The day of the scope must be that of the date, or one signature would be good at two times.
AuthResult<void> readDate(Authorization &auth, std::string_view amzDate)
{
    const auto signedAt = text::parseAmzDate(amzDate);
    if (!signedAt) {
        if (auth.kind == Authorization::Kind::Presigned)
            return malformed(auth, "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\".");
        return refuse(AuthErrorCode::AccessDenied,
                      "AWS authentication requires a valid Date or x-amz-date header");
    }
    auth.amzDate = amzDate;
    auth.signedAtUnixMs = *signedAt;
    if (amzDate.substr(0, auth.day.size()) != auth.day)
        return malformed(auth, "Invalid credential date \"" + auth.day +
                                   "\". This date is not the same as X-Amz-Date: \"" +
                                   std::string(amzDate.substr(0, auth.day.size())) + "\".");
    return {};
}

AuthResult<void> readHeaderDate(Authorization &auth, const RequestView &request, std::int64_t nowUnixMs)
{
    if (const HeaderView *const amzDate = request.header("x-amz-date"))
        return readDate(auth, text::trim(amzDate->value));
    const HeaderView *const date = request.header("date");
    const std::string_view value = date != nullptr ? text::trim(date->value) : std::string_view();
    const auto httpDate = text::parseHttpDate(value, nowUnixMs);
    return readDate(auth, httpDate ? text::formatAmzDate(*httpDate) : std::string(value));
}

AuthResult<void> checkTime(const Authorization &auth, std::int64_t nowUnixMs)
{
    if (auth.kind == Authorization::Kind::Header) {
        const std::int64_t skew = nowUnixMs - auth.signedAtUnixMs;
        if (skew > kMaxSkewMs || skew < -kMaxSkewMs)
            return refuse(AuthErrorCode::RequestTimeTooSkewed,
                          "The difference between the request time and the current time is too large.");
        return {};
    }
    if (auth.signedAtUnixMs - nowUnixMs > kMaxSkewMs)
        return refuse(AuthErrorCode::AccessDenied, "Request is not valid yet");
    constexpr std::int64_t kMsPerSecond = 1000;
    if (nowUnixMs - auth.signedAtUnixMs > static_cast<std::int64_t>(auth.expiresSeconds) * kMsPerSecond)
        return refuse(AuthErrorCode::AccessDenied, "Request has expired");
    return {};
}

AuthResult<void> readPayload(Authorization &auth, const RequestView &request, const text::Query *query)
{
    const HeaderView *const header = request.header("x-amz-content-sha256");
    const std::string *const parameter = query != nullptr ? query->find("X-Amz-Content-Sha256") : nullptr;
    if (parameter != nullptr)
        auth.payloadHash = *parameter;
    else if (header != nullptr)
        auth.payloadHash = text::trim(header->value);
    else if (auth.kind == Authorization::Kind::Presigned)
        auth.payloadHash = kUnsignedPayload;
    else
        return refuse(AuthErrorCode::InvalidRequest,
                      "Missing required header for this request: x-amz-content-sha256");
    const auto mode = payloadModeOf(auth.payloadHash);
    if (!mode)
        return refuse(
            AuthErrorCode::InvalidArgument,
            "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, "
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid "
            "sha256 value.");
    auth.payload = *mode;
    return {};
}

// Whoever could add a header that S3 acts on to a signed request would change what its owner asked for. The
// payload's hash is signed by itself.
AuthResult<void> checkSignedHeaders(const Authorization &auth, const RequestView &request)
{
    std::string missing;
    for (const HeaderView &header : request.headers) {
        if (!text::istartsWith(header.name, "x-amz-") || text::iequals(header.name, "x-amz-content-sha256"))
            continue;
        const std::string name = text::toLower(header.name);
        if (!std::ranges::binary_search(auth.signedHeaders, name))
            missing.append(missing.empty() ? "" : ", ").append(name);
    }
    if (!missing.empty())
        return refuse(AuthErrorCode::AccessDenied,
                      "There were headers present in the request which were not signed: " + missing);
    for (const std::string &name : auth.signedHeaders) {
        if (request.header(name) == nullptr)
            return refuse(AuthErrorCode::SignatureDoesNotMatch,
                          "The header " + name + " is named as signed but is not in the request.");
    }
    return {};
}

// A request without authentication still says how its body comes.
AuthResult<Authorization> anonymous(const RequestView &request)
{
    Authorization auth;
    auth.payloadHash = kUnsignedPayload;
    if (request.header("x-amz-content-sha256") != nullptr) {
        if (auto read = readPayload(auth, request, nullptr); !read)
            return std::unexpected(std::move(read).error());
        if (hasSignedChunks(auth.payload))
            return refuse(AuthErrorCode::InvalidRequest,
                          "An anonymous request has no key to sign its chunks with.");
    }
    return auth;
}

AuthResult<void> readAuthorization(Authorization &auth, const RequestView &request, const text::Query &query,
                                   std::int64_t nowUnixMs)
{
    const bool presigned = auth.kind == Authorization::Kind::Presigned;
    if (auto read =
            presigned ? readQuery(auth, query) : readHeader(auth, request.header("authorization")->value);
        !read)
        return read;
    if (auto read =
            presigned ? readDate(auth, *query.find("X-Amz-Date")) : readHeaderDate(auth, request, nowUnixMs);
        !read)
        return read;
    if (auto checked = checkTime(auth, nowUnixMs); !checked)
        return checked;
    if (auto read = readPayload(auth, request, presigned ? &query : nullptr); !read)
        return read;
    if (const std::string *const token = query.find("X-Amz-Security-Token"); presigned && token != nullptr)
        auth.securityToken = *token;
    else if (const HeaderView *const header = request.header("x-amz-security-token"))
        auth.securityToken = text::trim(header->value);
    return checkSignedHeaders(auth, request);
}

}  // namespace

std::string Authorization::scope() const
{
    std::string text;
    text.reserve(day.size() + region.size() + service.size() + kTerminator.size() + 3);
    text.append(day).append("/").append(region).append("/").append(service).append("/").append(kTerminator);
    return text;
}

AuthResult<Authorization> parseAuthorization(const RequestView &request, std::int64_t nowUnixMs)
{
    const auto query = text::Query::parse(request.rawQuery);
    const bool isPlain = request.rawPath.find('%') == std::string_view::npos;
    if (!query || !(isPlain || text::percentDecode(request.rawPath)))
        return refuse(AuthErrorCode::InvalidUri, "Couldn't parse the specified URI.");
    const bool inQuery =
        query->has("X-Amz-Algorithm") || query->has("X-Amz-Signature") || query->has("X-Amz-Credential");
    const auto isAuthorization = [](const HeaderView &h) { return text::iequals(h.name, "authorization"); };
    const auto inHeader = std::ranges::count_if(request.headers, isAuthorization);
    if (inHeader + (inQuery ? 1 : 0) > 1)
        return refuse(
            AuthErrorCode::InvalidArgument,
            "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query "
            "string parameter or the Authorization header should be specified");
    if (inHeader == 0 && !inQuery) {
        if (query->has("AWSAccessKeyId") && query->has("Signature"))
            return refuse(AuthErrorCode::InvalidRequest,
                          "The authorization mechanism you have provided is not supported. Please use "
                          "AWS4-HMAC-SHA256.");
        return anonymous(request);
    }
    Authorization auth;
    auth.kind = inQuery ? Authorization::Kind::Presigned : Authorization::Kind::Header;
    if (auto read = readAuthorization(auth, request, *query, nowUnixMs); !read)
        return std::unexpected(std::move(read).error());
    return auth;
}

}  // namespace maxiofs::sigv4
