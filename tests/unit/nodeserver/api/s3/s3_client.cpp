// SPDX-License-Identifier: GPL-3.0-or-later
#include "s3_client.h"

#include "base/clock.h"
#include "base/hex.h"
#include "text/ascii.h"
#include "text/uri.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/write.hpp>

#include <QtGlobal>

namespace maxiofs::test {

namespace {

constexpr std::size_t kChunk = 64 * 1024;

std::string_view payloadName(S3Client::Payload payload)
{
    switch (payload) {
    case S3Client::Payload::Signed:
    case S3Client::Payload::Unsigned: return sigv4::kUnsignedPayload;
    case S3Client::Payload::SignedChunks: return sigv4::kSignedChunksPayload;
    case S3Client::Payload::SignedChunksTrailer: return sigv4::kSignedChunksTrailerPayload;
    case S3Client::Payload::UnsignedChunksTrailer: return sigv4::kUnsignedChunksTrailerPayload;
    }
    return {};
}

bool isChunked(S3Client::Payload payload)
{
    return payload != S3Client::Payload::Signed && payload != S3Client::Payload::Unsigned;
}

std::string hexSize(std::size_t size)
{
    char text[17];
    std::snprintf(text, sizeof text, "%zx", size);
    return text;
}

void appendChunk(std::string &to, std::string_view bytes, sigv4::ChunkSignatures *chain, bool wrong)
{
    to += hexSize(bytes.size());
    if (chain) {
        std::string signature = chain->nextChunk(crypto::sha256(asBytes(bytes)));
        if (wrong)
            signature.front() = signature.front() == '0' ? '1' : '0';
        to += ";chunk-signature=" + signature;
    }
    to += "\r\n";
    if (!bytes.empty())
        to.append(bytes).append("\r\n");
}

std::string chunked(const S3Client::Request &request, sigv4::ChunkSignatures *chain)
{
    std::string body;
    std::string_view rest = request.body;
    while (!rest.empty()) {
        const std::string_view piece = rest.substr(0, kChunk);
        rest.remove_prefix(piece.size());
        appendChunk(body, piece, chain, request.chunkSignaturesAreWrong);
    }
    appendChunk(body, {}, chain, false);
    if (!request.trailerName.empty()) {
        const std::array<sigv4::Trailer, 1> trailers{{{request.trailerName, request.trailerValue}}};
        body += request.trailerName + ":" + request.trailerValue + "\r\n";
        if (chain)
            body += "x-amz-trailer-signature:" + chain->nextTrailer(trailers) + "\r\n";
    }
    return body + "\r\n";
}

}  // namespace

std::string S3Response::header(std::string_view name) const
{
    for (const auto &[key, value] : headers) {
        if (key == name)
            return value;
    }
    return {};
}

text::XmlElement S3Response::xml() const
{
    return text::parseXml(body).value_or(text::XmlElement());
}

std::string S3Response::code() const
{
    const text::XmlElement root = xml();
    return root.name == "Error" ? std::string(root.childText("Code")) : std::string();
}

std::vector<std::string> S3Response::texts(std::initializer_list<std::string_view> path) const
{
    std::vector<text::XmlElement> level{xml()};
    for (const std::string_view name : path) {
        std::vector<text::XmlElement> next;
        for (const text::XmlElement &element : level) {
            for (const text::XmlElement &child : element.children) {
                if (child.name == name)
                    next.push_back(child);
            }
        }
        level = std::move(next);
    }
    std::vector<std::string> texts;
    for (const text::XmlElement &element : level)
        texts.push_back(element.text);
    return texts;
}

S3Response S3Client::send(Request request) const
{
    Headers headers = std::move(request.headers);
    headers.emplace(headers.begin(), "Host", request.host);
    if (isChunked(request.payload)) {
        headers.emplace_back("x-amz-decoded-content-length", std::to_string(request.body.size()));
        headers.emplace_back("Content-Encoding", "aws-chunked");
        if (!request.trailerName.empty())
            headers.emplace_back("x-amz-trailer", request.trailerName);
    }
    std::vector<sigv4::HeaderView> views;
    for (const auto &[name, value] : headers)
        views.push_back({name, value});
    const text::Target target = text::splitTarget(request.target);
    const sigv4::RequestView view{request.method, target.path, target.query, views};

    std::string body = request.body;
    if (m_credentials) {
        sigv4::Signer signer(*m_credentials);
        std::string hash = request.payload == Payload::Signed ? crypto::sha256Hex(asBytes(request.body))
                                                              : std::string(payloadName(request.payload));
        if (!request.payloadHash.empty())
            hash = request.payloadHash;
        const sigv4::SignedHead head = signer.sign(view, hash, SystemClock::instance().unixMs());
        if (isChunked(request.payload)) {
            sigv4::ChunkSignatures chain = signer.chunks(head);
            body = chunked(request, request.payload == Payload::UnsignedChunksTrailer ? nullptr : &chain);
        }
        headers.insert(headers.end(), head.headers.begin(), head.headers.end());
    }
    std::string bytes = request.method + " " + request.target + " HTTP/1.1\r\nConnection: close\r\n";
    for (const auto &[name, value] : headers)
        bytes += name + ": " + value + "\r\n";
    if (request.contentLength != "none")
        bytes += "Content-Length: " +
                 (request.contentLength.empty() ? std::to_string(body.size()) : request.contentLength) +
                 "\r\n";
    bytes += "\r\n";
    if (!request.onlyHead)
        bytes += body;
    return exchange(bytes, request.method == "HEAD");
}

std::string S3Client::presigned(std::string_view method, std::string_view target) const
{
    const text::Target parts = text::splitTarget(target);
    const std::vector<sigv4::HeaderView> headers{{"Host", "localhost"}};
    sigv4::Signer signer(*m_credentials);
    return std::string(parts.path) + "?" +
           signer.presign({method, parts.path, parts.query, headers}, 60, SystemClock::instance().unixMs());
}

S3Response S3Client::sendPlain(std::string_view method, std::string_view target) const
{
    return exchange(std::string(method) + " " + std::string(target) +
                        " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                    method == "HEAD");
}

S3Response S3Client::exchange(const std::string &bytes, bool toHead) const
{
    namespace asio = boost::asio;
    asio::io_context context;
    asio::ip::tcp::socket socket(context);
    boost::system::error_code error;
    socket.connect({asio::ip::make_address("127.0.0.1"), m_port}, error);
    // The server may answer and close before it has taken all: what it said still counts.
    asio::write(socket, asio::buffer(bytes), error);

    std::string answer;
    std::array<char, 65536> buffer;
    for (;;) {
        const std::size_t got = socket.read_some(asio::buffer(buffer), error);
        if (error)
            break;
        answer.append(buffer.data(), got);
    }

    S3Response response;
    const std::size_t end = answer.find("\r\n\r\n");
    if (end == std::string::npos)
        return response;
    std::string_view head = std::string_view(answer).substr(0, end);
    response.status = static_cast<unsigned>(text::parseUnsigned(head.substr(9, 3)).value_or(0));
    text::forEachPiece(head, '\n', [&](std::string_view line) {
        const std::size_t colon = line.find(':');
        if (colon != std::string_view::npos && !line.starts_with("HTTP/"))
            response.headers.emplace_back(text::toLower(line.substr(0, colon)),
                                          text::trim(line.substr(colon + 1, line.find('\r') - colon - 1)));
    });
    response.body = answer.substr(end + 4);
    const auto length = text::parseUnsigned(response.header("content-length"));
    if (!toHead && length && *length != response.body.size())
        response.status = 0;  // cut off
    return response;
}

}  // namespace maxiofs::test
