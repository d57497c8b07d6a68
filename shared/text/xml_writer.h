// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <vector>

namespace maxiofs::text {

/// Appends `text` with & < > " and control characters as references, as S3 writes them (XML 1.0 has no way to
/// carry most control characters; encoding-type=url exists for keys that hold them).
void appendXmlEscaped(std::string &to, std::string_view text);

// Writes an XML document into a string from front to back. Misuse (closing what is not open, a second root)
// is a bug and asserted.
class XmlWriter {
public:
    /// Begins with the XML declaration.
    XmlWriter();

    XmlWriter &open(std::string_view name);
    /// Adds an attribute to the element just opened, before any content.
    XmlWriter &attribute(std::string_view name, std::string_view value);
    XmlWriter &text(std::string_view content);
    XmlWriter &close();

    /// <name>content</name>
    XmlWriter &element(std::string_view name, std::string_view content);
    XmlWriter &element(std::string_view name, std::integral auto number)
    {
        if constexpr (std::same_as<decltype(number), bool>)
            return element(name, std::string_view(number ? "true" : "false"));
        else
            return element(name, std::string_view(std::to_string(number)));
    }
    XmlWriter &element(std::string_view name, const char *content)
    {
        return element(name, std::string_view(content));
    }

    /// How much was written: a listing can stop at a size.
    [[nodiscard]] std::size_t size() const { return m_text.size(); }
    /// Closes what is open and gives the document.
    [[nodiscard]] std::string take();

private:
    void endTag();

    std::string m_text;
    std::vector<std::string> m_open;
    bool m_tagOpen = false;  // "<name" is written, ">" is not
    bool m_rootClosed = false;
};

/// The root's namespace of every S3 document.
inline constexpr std::string_view kS3Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

}  // namespace maxiofs::text
