// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/home_page.h"

namespace maxiofs::api::console {

namespace {

std::string escaped(std::string_view text)
{
    std::string html;
    for (const char c : text) {
        switch (c) {
        case '&': html += "&amp;"; break;
        case '<': html += "&lt;"; break;
        case '>': html += "&gt;"; break;
        case '"': html += "&quot;"; break;
        default: html += c;
        }
    }
    return html;
}

}  // namespace

std::string homePage(std::string_view nodeName, std::string_view version, bool clusterEnabled,
                     std::string_view nodeFingerprint)
{
    return "<!doctype html>\n<html lang=\"en\"><head><meta "
           "charset=\"utf-8\"><title>MaxIOFS</title></head><body>\n"
           "<h1>MaxIOFS</h1>\n<p>Node " +
           escaped(nodeName) + ", version " + escaped(version) + ", " +
           (clusterEnabled ? "member of a cluster" : "a cluster of one") +
           ".</p>\n<p>This address serves the console API. Administer the node with the desktop program "
           "<code>maxiofs-desktop</code>, which is part of the same distribution: connect it to this "
           "address.</p>\n" +
           (nodeFingerprint.empty()
                ? std::string()
                : "<p>To other nodes it shows the certificate with this SHA-256 fingerprint:</p>\n<pre>" +
                      escaped(nodeFingerprint) + "</pre>\n") +
           "</body></html>\n";
}

}  // namespace maxiofs::api::console
