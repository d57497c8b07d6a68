// SPDX-License-Identifier: GPL-3.0-or-later
// The head of a request as a client may send it. The first byte says where its bytes are cut in two on their
// way.
#include "http/framing_guard.h"

#include <cstdlib>

using namespace maxiofs::http;

namespace {

void require(bool holds)
{
    if (!holds)
        std::abort();
}

/// What every accepted head has in common, read from its bytes and not by the parser.
void checkAccepted(const RequestHead &head, const Framing &framing)
{
    const std::string_view raw = head.raw();
    for (std::size_t i = 0; i < raw.size(); ++i) {
        const auto byte = static_cast<unsigned char>(raw[i]);
        require((byte >= 0x20 && byte != 0x7f) || byte == '\t' || byte == '\r' || byte == '\n');
        require(byte != '\n' || (i > 0 && raw[i - 1] == '\r'));
        require(byte != '\r' || (i + 1 < raw.size() && raw[i + 1] == '\n'));
        require((byte != ' ' && byte != '\t') || raw[i - 1] != '\n');
    }
    require(head.target().find_first_of(" \t") == std::string_view::npos);
    require(head.count("Host") + (head.minorVersion() == 0 ? 1 : 0) >= 1 && head.count("Host") <= 1);
    require(head.count("Content-Length") + head.count("Transfer-Encoding") <= 1);
    require((framing.body == Framing::Body::Chunked) == (head.count("Transfer-Encoding") == 1));
    require(framing.body != Framing::Body::Length || head.count("Content-Length") == 1);
    require(head.target().find(head.path()) != std::string_view::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, std::size_t size)
{
    if (size == 0)
        return 0;
    const std::string_view bytes(reinterpret_cast<const char *>(data) + 1, size - 1);
    HeadParser whole;
    const auto end = whole.findEnd(bytes);

    HeadParser split;
    const auto early = split.findEnd(bytes.substr(0, data[0]));
    if (early && *early == 0) {
        const auto late = split.findEnd(bytes);
        require(late.has_value() == end.has_value() && (!late || *late == *end));
    } else {
        require(early.has_value() == end.has_value() && (!early || *early == *end));
    }
    if (!end || *end == 0)
        return 0;

    RequestHead head;
    if (!whole.parse(bytes.substr(0, *end), head))
        return 0;
    if (const auto framing = guardFraming(head))
        checkAccepted(head, *framing);
    return 0;
}
