// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/xml_reader.h"

#include "text/ascii.h"
#include "text/utf8.h"

#include <algorithm>
#include <set>

namespace maxiofs::text {

namespace {

constexpr std::string_view kBlank = " \t\r\n";
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

bool isNameStart(char c)
{
    const char lower = toLower(c);
    return (lower >= 'a' && lower <= 'z') || c == '_' || c == ':' || static_cast<unsigned char>(c) >= 0x80;
}

bool isNameCharacter(char c)
{
    return isNameStart(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

void appendUtf8(std::string &to, std::uint64_t code)
{
    const auto push = [&to](std::uint64_t value) { to.push_back(static_cast<char>(value)); };
    if (code < 0x80) {
        push(code);
    } else if (code < 0x800) {
        push(0xc0 | code >> 6);
        push(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        push(0xe0 | code >> 12);
        push(0x80 | (code >> 6 & 0x3f));
        push(0x80 | (code & 0x3f));
    } else {
        push(0xf0 | code >> 18);
        push(0x80 | (code >> 12 & 0x3f));
        push(0x80 | (code >> 6 & 0x3f));
        push(0x80 | (code & 0x3f));
    }
}

bool isBlank(std::string_view text)
{
    return text.find_first_not_of(kBlank) == std::string_view::npos;
}

// One pass over a document with a stack of open elements of its own, so that depth costs no call stack.
class XmlParser {
public:
    XmlParser(std::string_view document, const XmlLimits &limits) : m_document(document), m_limits(limits) {}

    Result<XmlElement> parse()
    {
        if (m_document.size() > m_limits.bytes)
            return fail("the document is too long");
        if (!isValidUtf8(m_document))
            return fail("the document is not UTF-8");
        if (m_document.starts_with(kByteOrderMark))
            m_at = kByteOrderMark.size();
        TRY_STATUS(skipDeclaration());
        while (m_at < m_document.size())
            TRY_STATUS(step());
        if (!m_open.empty())
            return fail("the element " + m_open.back().fullName + " is not closed");
        if (!m_hasRoot)
            return fail("there is no element");
        return std::move(m_root);
    }

private:
    struct Open {
        XmlElement element;
        std::string fullName;  // with its prefix, which the end tag must repeat
    };

    [[nodiscard]] std::string_view left() const { return m_document.substr(m_at); }

    [[nodiscard]] std::unexpected<Error> fail(std::string_view reason) const
    {
        const std::string_view before = m_document.substr(0, m_at);
        const auto line = std::ranges::count(before, '\n') + 1;
        const std::size_t lastBreak = before.rfind('\n');
        const std::size_t column = lastBreak == std::string_view::npos ? m_at + 1 : m_at - lastBreak;
        return failure(Error::InvalidArgument,
                       "the XML is not well-formed or not allowed: " + std::string(reason) + " (line " +
                           std::to_string(line) + ", column " + std::to_string(column) + ")",
                       "XML");
    }

    void skipBlank()
    {
        const std::size_t next = m_document.find_first_not_of(kBlank, m_at);
        m_at = next == std::string_view::npos ? m_document.size() : next;
    }

    Status skipDeclaration()
    {
        if (!left().starts_with("<?xml") || left().size() < 6 || !kBlank.contains(left()[5]))
            return {};
        const std::size_t end = m_document.find("?>", m_at);
        if (end == std::string_view::npos)
            return fail("the XML declaration does not end");
        const std::string declaration = toLower(m_document.substr(m_at, end - m_at));
        const std::size_t encoding = declaration.find("encoding");
        if (encoding != std::string::npos) {
            const std::string value = declaration.substr(encoding);
            if (!value.contains("utf-8") && !value.contains("utf8") && !value.contains("us-ascii"))
                return fail("the encoding must be UTF-8");
        }
        m_at = end + 2;
        return {};
    }

    Status step()
    {
        const std::string_view rest = left();
        if (!rest.starts_with('<'))
            return characters();
        if (rest.starts_with("<!--"))
            return comment();
        if (rest.starts_with("<![CDATA["))
            return cdata();
        if (rest.starts_with("<!"))
            return fail("a document type is not allowed");
        if (rest.starts_with("<?"))
            return fail("processing instructions are not allowed");
        return rest.starts_with("</") ? endTag() : startTag();
    }

    Status characters()
    {
        const std::size_t end = std::min(m_document.find('<', m_at), m_document.size());
        if (m_open.empty()) {
            if (!isBlank(m_document.substr(m_at, end - m_at)))
                return fail("there is text outside the root element");
            m_at = end;
            return {};
        }
        return text(end, m_open.back().element.text);
    }

    // Character data up to `end`, with references replaced and line ends as XML wants them.
    Status text(std::size_t end, std::string &to)
    {
        while (m_at < end) {
            const char c = m_document[m_at];
            if (c == '&') {
                TRY_STATUS(reference(end, to));
                continue;
            }
            if (c == '\r') {
                to.push_back('\n');
                m_at += left().starts_with("\r\n") ? 2 : 1;
                continue;
            }
            if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t')
                return fail("there is a control character");
            if (c == ']' && left().starts_with("]]>"))
                return fail("there is a ]]> outside of CDATA");
            to.push_back(c);
            ++m_at;
        }
        return {};
    }

    Status reference(std::size_t end, std::string &to)
    {
        constexpr std::size_t kLongest = 12;
        const std::size_t semicolon = m_document.substr(0, end).find(';', m_at);
        if (semicolon == std::string_view::npos || semicolon - m_at > kLongest)
            return fail("a reference does not end");
        std::string_view name = m_document.substr(m_at + 1, semicolon - m_at - 1);
        if (name.starts_with('#')) {
            name.remove_prefix(1);
            const bool hex = name.starts_with('x');
            const auto code = hex ? parseHex(name.substr(1)) : parseUnsigned(name);
            // Control characters are taken: S3's keys may hold them, and clients write them so.
            if (!code || *code == 0 || *code > 0x10ffff || (*code >= 0xd800 && *code <= 0xdfff))
                return fail("a numeric reference names no character");
            appendUtf8(to, *code);
        } else if (name == "amp") {
            to.push_back('&');
        } else if (name == "lt") {
            to.push_back('<');
        } else if (name == "gt") {
            to.push_back('>');
        } else if (name == "quot") {
            to.push_back('"');
        } else if (name == "apos") {
            to.push_back('\'');
        } else {
            return fail("only the entities amp, lt, gt, quot and apos are allowed");
        }
        m_at = semicolon + 1;
        return {};
    }

    Status comment()
    {
        const std::size_t end = m_document.find("--", m_at + 4);
        if (end == std::string_view::npos || !m_document.substr(end).starts_with("-->"))
            return fail("a comment does not end");
        m_at = end + 3;
        return {};
    }

    Status cdata()
    {
        if (m_open.empty())
            return fail("there is text outside the root element");
        const std::size_t begin = m_at + 9;
        const std::size_t end = m_document.find("]]>", begin);
        if (end == std::string_view::npos)
            return fail("a CDATA section does not end");
        const std::string_view content = m_document.substr(begin, end - begin);
        const auto refused = [](char c) {
            return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' && c != '\r';
        };
        if (std::ranges::any_of(content, refused))
            return fail("there is a control character");
        m_open.back().element.text.append(content);
        m_at = end + 3;
        return {};
    }

    Result<std::string_view> name()
    {
        const std::string_view rest = left();
        if (rest.empty() || !isNameStart(rest[0]))
            return fail("a name is missing");
        std::size_t length = 1;
        while (length < rest.size() && isNameCharacter(rest[length]))
            ++length;
        m_at += length;
        return rest.substr(0, length);
    }

    Status startTag()
    {
        if (m_open.empty() && m_hasRoot)
            return fail("there is a second root element");
        if (m_open.size() >= m_limits.depth)
            return fail("elements are nested too deeply");
        if (++m_elements > m_limits.elements)
            return fail("there are too many elements");
        ++m_at;
        TRY_ASSIGN(const std::string_view fullName, name());
        const std::size_t colon = fullName.find(':');
        const std::string_view local =
            colon == std::string_view::npos ? fullName : fullName.substr(colon + 1);
        if (local.empty() || colon == 0 || local.contains(':') || !isNameStart(local[0]))
            return fail("a name has a misplaced colon");
        m_hasRoot = true;
        m_open.push_back({{std::string(local), {}, {}}, std::string(fullName)});
        TRY_STATUS(attributes());
        if (left().starts_with("/>")) {
            m_at += 2;
            return endElement();
        }
        if (!left().starts_with('>'))
            return fail("a start tag does not end");
        ++m_at;
        return {};
    }

    Status attributes()
    {
        std::set<std::string_view> seen;
        for (;;) {
            const std::size_t before = m_at;
            skipBlank();
            if (left().empty() || left()[0] == '>' || left()[0] == '/')
                return {};
            if (before == m_at)
                return fail("a space is missing before an attribute");
            TRY_ASSIGN(const std::string_view attribute, name());
            if (!seen.insert(attribute).second)
                return fail("an attribute occurs twice");
            if (seen.size() > m_limits.attributes)
                return fail("an element has too many attributes");
            skipBlank();
            if (!left().starts_with('='))
                return fail("an attribute has no value");
            ++m_at;
            skipBlank();
            const char quote = left().empty() ? '\0' : left()[0];
            if (quote != '"' && quote != '\'')
                return fail("an attribute's value has no quotes");
            const std::size_t end = m_document.find(quote, ++m_at);
            if (end == std::string_view::npos)
                return fail("an attribute's value does not end");
            if (m_document.substr(m_at, end - m_at).contains('<'))
                return fail("an attribute's value holds a <");
            std::string dropped;
            TRY_STATUS(text(end, dropped));
            m_at = end + 1;
        }
    }

    Status endTag()
    {
        m_at += 2;
        TRY_ASSIGN(const std::string_view fullName, name());
        skipBlank();
        if (!left().starts_with('>'))
            return fail("an end tag does not end");
        if (m_open.empty() || m_open.back().fullName != fullName)
            return fail("an end tag does not fit its start tag");
        ++m_at;
        return endElement();
    }

    Status endElement()
    {
        XmlElement element = std::move(m_open.back().element);
        m_open.pop_back();
        if (!element.children.empty() && isBlank(element.text))
            element.text.clear();
        if (m_open.empty())
            m_root = std::move(element);
        else
            m_open.back().element.children.push_back(std::move(element));
        return {};
    }

    std::string_view m_document;
    XmlLimits m_limits;
    std::size_t m_at = 0;
    std::size_t m_elements = 0;
    bool m_hasRoot = false;
    XmlElement m_root;
    std::vector<Open> m_open;
};

}  // namespace

const XmlElement *XmlElement::child(std::string_view childName) const
{
    const auto found = std::ranges::find(children, childName, &XmlElement::name);
    return found == children.end() ? nullptr : &*found;
}

std::string_view XmlElement::childText(std::string_view childName) const
{
    const XmlElement *const found = child(childName);
    return found != nullptr ? std::string_view(found->text) : std::string_view();
}

Result<XmlElement> parseXml(std::string_view document, const XmlLimits &limits)
{
    return XmlParser(document, limits).parse();
}

}  // namespace maxiofs::text
