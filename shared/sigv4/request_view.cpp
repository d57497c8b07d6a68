// SPDX-License-Identifier: GPL-3.0-or-later
#include "sigv4/request_view.h"

#include "text/ascii.h"

namespace maxiofs::sigv4 {

const HeaderView *RequestView::header(std::string_view name) const
{
    for (const HeaderView &header : headers) {
        if (text::iequals(header.name, name))
            return &header;
    }
    return nullptr;
}

}  // namespace maxiofs::sigv4
