// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/xml_writer.h"

#include <cassert>

namespace maxiofs::text {

void appendXmlEscaped(std::string &to, std::string_view text)
{
    constexpr std::string_view kHex = "0123456789ABCDEF";
    for (const char c : text) {
        const auto code = static_cast<unsigned char>(c);
        switch (c) {
        case '&': to.append("&amp;"); break;
        case '<': to.append("&lt;"); break;
        case '>': to.append("&gt;"); break;
        case '"': to.append("&quot;"); break;
        default:
            if (code >= 0x20 && code != 0x7f) {
                to.push_back(c);
            } else {
                to.append("&#x");
                if (code >= 0x10)
                    to.push_back(kHex[code >> 4]);
                to.push_back(kHex[code & 0xf]);
                to.push_back(';');
            }
        }
    }
}

XmlWriter::XmlWriter() : m_text("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n") {}

void XmlWriter::endTag()
{
    if (m_tagOpen)
        m_text.push_back('>');
    m_tagOpen = false;
}

XmlWriter &XmlWriter::open(std::string_view name)
{
    endTag();
    assert(!m_rootClosed);
    m_text.push_back('<');
    m_text.append(name);
    m_open.emplace_back(name);
    m_tagOpen = true;
    return *this;
}

XmlWriter &XmlWriter::attribute(std::string_view name, std::string_view value)
{
    assert(m_tagOpen);
    m_text.push_back(' ');
    m_text.append(name);
    m_text.append("=\"");
    appendXmlEscaped(m_text, value);
    m_text.push_back('"');
    return *this;
}

XmlWriter &XmlWriter::text(std::string_view content)
{
    assert(!m_open.empty());
    endTag();
    appendXmlEscaped(m_text, content);
    return *this;
}

XmlWriter &XmlWriter::close()
{
    assert(!m_open.empty());
    endTag();
    m_text.append("</");
    m_text.append(m_open.back());
    m_text.push_back('>');
    m_open.pop_back();
    m_rootClosed = m_open.empty();
    return *this;
}

XmlWriter &XmlWriter::element(std::string_view name, std::string_view content)
{
    return open(name).text(content).close();
}

std::string XmlWriter::take()
{
    while (!m_open.empty())
        close();
    return std::move(m_text);
}

}  // namespace maxiofs::text
