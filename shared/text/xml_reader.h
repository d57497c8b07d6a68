// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <vector>

namespace maxiofs::text {

struct XmlElement {
    std::string name;  // without the prefix of a namespace
    std::string text;  // its own character data; white space between child elements is dropped
    std::vector<XmlElement> children;

    /// The first child of this name, or null.
    [[nodiscard]] const XmlElement *child(std::string_view childName) const;
    /// The text of the first child of this name, or empty.
    [[nodiscard]] std::string_view childText(std::string_view childName) const;
};

struct XmlLimits {
    std::size_t bytes = 2U << 20;
    std::size_t elements =
        20'000;  // a DeleteObjects of 1,000 keys or a completed upload of 10,000 parts fits
    std::size_t depth = 16;
    std::size_t attributes = 16;  // of one element
};

/// Reads a request body. Strict: well-formed UTF-8 with one root; no document type, no entities but the five
/// of XML and numeric references, no processing instructions; attributes are checked and dropped.
/// InvalidArgument with the place (line and column) otherwise.
[[nodiscard]] Result<XmlElement> parseXml(std::string_view document, const XmlLimits &limits = {});

}  // namespace maxiofs::text
