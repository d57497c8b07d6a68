// SPDX-License-Identifier: GPL-3.0-or-later
// Input: a document. What is read can be written and is then read as the same.
#include "text/xml_reader.h"

#include "base/bytes.h"
#include "text/xml_writer.h"

#include <cstdlib>

using namespace maxiofs;

static void write(text::XmlWriter &xml, const text::XmlElement &element)
{
    xml.open(element.name).text(element.text);
    for (const text::XmlElement &child : element.children)
        write(xml, child);
    xml.close();
}

static bool isSame(const text::XmlElement &a, const text::XmlElement &b)
{
    if (a.name != b.name || a.text != b.text || a.children.size() != b.children.size())
        return false;
    for (std::size_t i = 0; i < a.children.size(); ++i) {
        if (!isSame(a.children[i], b.children[i]))
            return false;
    }
    return true;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const auto parsed = text::parseXml(asText(std::as_bytes(std::span(data, size))));
    if (!parsed)
        return 0;
    text::XmlWriter xml;
    write(xml, *parsed);
    const auto again = text::parseXml(xml.take(), {.bytes = SIZE_MAX});
    if (!again || !isSame(*parsed, *again))
        std::abort();
    return 0;
}
