// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/request_maker.h"

#include "base/hex.h"
#include "sigv4/signing_key.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <random>

namespace maxiofs::bench {

namespace {

constexpr std::size_t kBlockSize = 1 << 20;
constexpr std::string_view kRegion = "us-east-1";
constexpr std::string_view kSignedHeaders = "host;x-amz-content-sha256;x-amz-date";

std::string randomBlock(std::size_t size)
{
    std::mt19937_64 random(20'240'601);  // the same bytes in every run
    std::string block(size, '\0');
    for (char &byte : block)
        byte = static_cast<char>(random());
    return block;
}

std::string hashOfBody(const std::string &block, std::uint64_t size)
{
    crypto::Sha256 hash;
    for (std::uint64_t left = size; left > 0;) {
        const auto piece = std::min<std::uint64_t>(left, block.size());
        hash.update(std::string_view(block).substr(0, piece));
        left -= piece;
    }
    return toHex(hash.finish());
}

void appendDigits(std::string &to, std::uint64_t value, std::size_t width)
{
    std::array<char, 20> digits{};
    for (std::size_t i = width; i > 0; --i, value /= 10)
        digits[i - 1] = static_cast<char>('0' + value % 10);
    to.append(digits.data(), width);
}

void appendHex(std::string &to, const crypto::Sha256::Value &value)
{
    static constexpr std::string_view kDigits = "0123456789abcdef";
    for (const std::byte byte : value) {
        to += kDigits[std::to_integer<unsigned>(byte) >> 4];
        to += kDigits[std::to_integer<unsigned>(byte) & 15];
    }
}

}  // namespace

RequestMaker::RequestMaker(const Options &options)
    : m_options(options),
      m_host("127.0.0.1:" + std::to_string(options.port)),
      m_block(randomBlock(std::clamp<std::size_t>(options.size, 1, kBlockSize)))
{
    m_payloadHash = options.signedPayload ? hashOfBody(m_block, options.size) : "UNSIGNED-PAYLOAD";
    m_cache.resize(options.keys <= kMaxCached ? options.keys : 0);
}

void RequestMaker::startSecond(std::int64_t second)
{
    m_second = second;
    const auto time = static_cast<std::time_t>(second);
    std::tm parts{};
    gmtime_r(&time, &parts);
    std::array<char, 32> text{};
    text[std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &parts)] = '\0';
    m_amzDate = text.data();
    const std::string day = m_amzDate.substr(0, 8);
    if (day != m_day) {
        m_day = day;
        m_hmac.emplace(sigv4::signingKey(m_options.secretKey, day, kRegion));
    }
    m_stringToSignStart =
        "AWS4-HMAC-SHA256\n" + m_amzDate + "\n" + day + "/" + std::string(kRegion) + "/s3/aws4_request\n";
    m_afterPath = "\n" + m_options.query + "\nhost:" + m_host + "\nx-amz-content-sha256:" + m_payloadHash +
                  "\nx-amz-date:" + m_amzDate + "\n\n" + std::string(kSignedHeaders) + "\n" + m_payloadHash;
}

void RequestMaker::appendPath(std::string &to, std::uint64_t index) const
{
    std::string_view rest = m_options.path;
    for (auto brace = rest.find('{'); brace != std::string_view::npos; brace = rest.find('{')) {
        to += rest.substr(0, brace);
        if (rest.substr(brace, 3) == "{n}")
            appendDigits(to, index, 7);
        else
            appendDigits(to, index % 1000, 3);
        rest.remove_prefix(std::min(brace + 3, rest.size()));
    }
    to += rest;
}

void RequestMaker::write(std::string &into, std::uint64_t index)
{
    m_canonical.assign(m_options.method).append("\n");
    appendPath(m_canonical, index);
    m_canonical += m_afterPath;
    m_hash.update(m_canonical);
    m_scratch.assign(m_stringToSignStart);
    appendHex(m_scratch, m_hash.finish());
    m_hmac->update(m_scratch);

    into.assign(m_options.method).append(" ");
    appendPath(into, index);
    if (!m_options.query.empty())
        into.append("?").append(m_options.query);
    into.append(" HTTP/1.1\r\nHost: ").append(m_host);
    into.append("\r\nx-amz-content-sha256: ").append(m_payloadHash);
    into.append("\r\nx-amz-date: ").append(m_amzDate);
    if (m_options.method == "PUT")
        into.append("\r\nContent-Length: ").append(std::to_string(m_options.size));
    into.append("\r\nAuthorization: AWS4-HMAC-SHA256 Credential=").append(m_options.accessKey);
    into.append("/").append(m_day).append("/").append(kRegion).append("/s3/aws4_request, SignedHeaders=");
    into.append(kSignedHeaders).append(", Signature=");
    appendHex(into, m_hmac->finish());
    into += "\r\n\r\n";
}

std::string_view RequestMaker::head(std::uint64_t index)
{
    const auto now = static_cast<std::int64_t>(std::time(nullptr));
    if (now != m_second)
        startSecond(now);
    if (m_cache.empty()) {
        write(m_head, index);
        return m_head;
    }
    Cached &cached = m_cache[(index - m_options.firstKey) % m_cache.size()];
    if (cached.second != now) {
        cached.second = now;
        write(cached.head, index);
    }
    return cached.head;
}

}  // namespace maxiofs::bench
