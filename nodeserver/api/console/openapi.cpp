// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/openapi.h"

#include "api/console/endpoint.h"

#include <algorithm>

namespace maxiofs::api::console {

namespace {

constexpr std::string_view kHead = R"(openapi: 3.0.3
info:
  title: MaxIOFS console API
  description: >-
    Every answer is an envelope: {"status":"success","data":...,"message":...} or
    {"status":"error","code":...,"message":...,"request_id":...}. Times are ISO 8601 in UTC. Lists take the
    parameters limit (1 to 1000) and after, and name the next value of after in next.
  license:
    name: GPL-3.0-or-later
  version: "1"
servers:
  - url: /api/v1
components:
  securitySchemes:
    token:
      type: http
      scheme: bearer
      bearerFormat: JWT
  schemas:
    Success:
      type: object
      required: [status, data]
      properties:
        status: {type: string, enum: [success]}
        data: {}
        message: {type: string}
    Error:
      type: object
      required: [status, code, message, request_id]
      properties:
        status: {type: string, enum: [error]}
        code: {type: string}
        message: {type: string}
        request_id: {type: string}
  responses:
    Error:
      description: The refusal, with its reason.
      content:
        application/json:
          schema: {$ref: "#/components/schemas/Error"}
paths:
)";

std::vector<std::string> parametersIn(std::string_view path)
{
    std::vector<std::string> names;
    for (std::size_t open = path.find('{'); open != path.npos; open = path.find('{', open + 1))
        names.emplace_back(path.substr(open + 1, path.find('}', open) - open - 1));
    return names;
}

std::string lower(std::string_view text)
{
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return result;
}

void appendOperation(std::string &yaml, const Endpoint &endpoint)
{
    yaml += "    " + lower(endpoint.method) + ":\n";
    yaml += "      summary: \"" + std::string(endpoint.about) + "\"\n";
    yaml += "      x-right: " + std::string(nameOf(endpoint.right)) + '\n';
    yaml += "      x-scope: " + std::string(nameOf(endpoint.scope)) + '\n';
    if (!endpoint.action.empty())
        yaml += "      x-audit: " + std::string(endpoint.action) + '\n';
    yaml += endpoint.right == Right::Anyone ? "      security: []\n" : "      security: [{token: []}]\n";
    const std::vector<std::string> names = parametersIn(endpoint.path);
    if (!names.empty())
        yaml += "      parameters:\n";
    for (const std::string &name : names)
        yaml += "        - {name: " + name + ", in: path, required: true, schema: {type: string}}\n";
    if (endpoint.method == "POST" || endpoint.method == "PUT") {
        yaml += "      requestBody:\n        content:\n          application/json:\n"
                "            schema: {type: object}\n";
    }
    const bool stream = endpoint.handler == nullptr;
    yaml += "      responses:\n        \"2XX\":\n          description: Success.\n          content:\n";
    yaml += stream ? "            text/event-stream: {}\n"
                   : "            application/json:\n"
                     "              schema: {$ref: \"#/components/schemas/Success\"}\n";
    yaml += "        default: {$ref: \"#/components/responses/Error\"}\n";
}

}  // namespace

std::string openApiDocument()
{
    std::string yaml(kHead);
    std::string_view path;
    for (const Endpoint &endpoint : endpoints()) {
        if (endpoint.path != path)
            yaml += "  " + std::string(endpoint.path) + ":\n";
        path = endpoint.path;
        appendOperation(yaml, endpoint);
    }
    return yaml;
}

}  // namespace maxiofs::api::console
