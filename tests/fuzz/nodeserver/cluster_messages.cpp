// SPDX-License-Identifier: GPL-3.0-or-later
// Input: a byte that says which route, and the text of a request. What is taken can be sent and is then read
// as the same; what is refused names a reason.
#include "cluster/link/message_codec.h"
#include "cluster/link/routes.h"
#include "protocol/json.h"

#include <cstdlib>

using namespace maxiofs;
using namespace maxiofs::cluster;

namespace {

void checkSame(const link::MessageCodec &codec, std::string_view route, const rules::Request &request)
{
    if (const auto *push = std::get_if<rules::PushRecords>(&request);
        push != nullptr && push->records.empty())
        return;
    const auto body = codec.encode(request);
    if (!body || link::routeOf(request) != route)
        std::abort();
    const auto again = codec.decode(route, *body);
    if (!again || again->index() != request.index())
        std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static const link::MessageCodec codec(std::string(64, '5'));
    if (size == 0)
        return 0;
    const auto routes = link::routes();
    const std::string_view route = routes[data[0] % routes.size()].name;
    const auto body = protocol::parseObject(
        QByteArray(reinterpret_cast<const char *>(data + 1), static_cast<qsizetype>(size - 1)));
    if (!body)
        return 0;
    [[maybe_unused]] const Status format = link::checkFormat(*body);
    const auto request = codec.decode(route, *body);
    if (request)
        checkSame(codec, route, *request);
    else if (request.error().message.empty())
        std::abort();
    return 0;
}
