// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/chunked_decoder.h"

#include "http/character_class.h"

#include <algorithm>
#include <cstring>

namespace maxiofs::http {

namespace {

constexpr std::uint64_t kMaxChunk = std::uint64_t(1) << 62;

int hexDigit(unsigned char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    if (byte >= 'a' && byte <= 'f')
        return byte - 'a' + 10;
    if (byte >= 'A' && byte <= 'F')
        return byte - 'A' + 10;
    return -1;
}

std::unexpected<Error> malformed(std::string_view what)
{
    return failure(Error::InvalidArgument, "The chunked body is malformed: " + std::string(what) + ".");
}

}  // namespace

Result<ChunkedDecoder::Step> ChunkedDecoder::decode(ByteView input, std::span<std::byte> output)
{
    Step done;
    while (done.consumed < input.size() && m_state != State::Finished) {
        if (m_state != State::Data) {
            TRY_STATUS(step(static_cast<unsigned char>(input[done.consumed])));
            ++done.consumed;
            continue;
        }
        const auto size = static_cast<std::size_t>(
            std::min<std::uint64_t>({m_left, input.size() - done.consumed, output.size() - done.produced}));
        if (size == 0)
            break;  // the output is full
        std::memcpy(output.data() + done.produced, input.data() + done.consumed, size);
        done.consumed += size;
        done.produced += size;
        took(size);
    }
    return done;
}

void ChunkedDecoder::took(std::uint64_t bytes)
{
    m_left -= bytes;
    m_data += bytes;
    if (m_left == 0)
        m_state = State::DataCr;
}

Status ChunkedDecoder::countLineByte(std::size_t limit, std::string_view what)
{
    ++m_lineBytes;
    ++m_overhead;
    if (m_lineBytes > limit || m_overhead > kFreeOverhead + m_data)
        return malformed(what);
    return {};
}

Status ChunkedDecoder::step(unsigned char byte)
{
    switch (m_state) {
    case State::Size: {
        const int digit = hexDigit(byte);
        if (digit >= 0) {
            if (++m_digits > kMaxSizeDigits || m_left >= kMaxChunk >> 4)
                return malformed("the size of a chunk is too large");
            m_left = m_left << 4 | static_cast<unsigned>(digit);
            return {};
        }
        if (m_digits == 0 || (byte != ';' && byte != '\r'))
            return malformed("the size of a chunk is not a hexadecimal number");
        m_lineBytes = 0;
        m_state = byte == ';' ? State::Extension : State::SizeLf;
        return {};
    }
    case State::Extension:
        if (byte == '\r') {
            m_state = State::SizeLf;
            return {};
        }
        if (!kValueByte[byte])
            return malformed("a chunk's extension has a control byte");
        return countLineByte(kMaxExtensionBytes, "the extensions of its chunks are too long");
    case State::SizeLf:
        if (byte != '\n')
            return malformed("the size of a chunk is not followed by CR LF");
        m_state = m_left == 0 ? State::TrailerStart : State::Data;
        m_digits = 0;
        m_lineBytes = 0;
        return {};
    case State::DataCr:
    case State::DataLf:
        if (static_cast<char>(byte) != (m_state == State::DataCr ? '\r' : '\n'))
            return malformed("a chunk is not followed by CR LF");
        m_state = m_state == State::DataCr ? State::DataLf : State::Size;
        return {};
    case State::TrailerStart:
    case State::TrailerName:
    case State::TrailerValue:
    case State::TrailerLf:
    case State::LastLf: return stepTrailer(byte);
    case State::Data:
    case State::Finished: break;
    }
    return failure(Error::Internal, "The chunked decoder was given a byte that it does not read.");
}

Status ChunkedDecoder::stepTrailer(unsigned char byte)
{
    switch (m_state) {
    case State::TrailerStart:
        if (byte == '\r') {
            m_state = State::LastLf;
            return {};
        }
        m_state = State::TrailerName;
        if (!kToken[byte])
            return malformed("the name of a trailer field is empty or has a forbidden byte");
        break;
    case State::TrailerName:
        if (byte == ':')
            m_state = State::TrailerValue;
        else if (!kToken[byte])
            return malformed("the name of a trailer field has a forbidden byte");
        break;
    case State::TrailerValue:
        if (byte == '\r') {
            m_state = State::TrailerLf;
            return {};
        }
        if (!kValueByte[byte])
            return malformed("a trailer field has a control byte");
        break;
    default:  // TrailerLf, LastLf
        if (byte != '\n')
            return malformed("a trailer field is not followed by CR LF");
        m_state = m_state == State::TrailerLf ? State::TrailerStart : State::Finished;
        return {};
    }
    return countLineByte(kMaxTrailerBytes, "its trailer fields are too long");
}

}  // namespace maxiofs::http
