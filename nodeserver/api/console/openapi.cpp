// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/openapi.h"

#include "api/console/endpoint.h"
#include "api/console/yaml_text.h"

#include <QJsonArray>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace maxiofs::api::console {

namespace {

constexpr std::string_view kHead = R"(openapi: 3.0.3
info:
  title: MaxIOFS console API
  description: >-
    Every answer is an envelope: {"status":"success","data":...,"message":...} or
    {"status":"error","code":...,"message":...,"request_id":...},
    some with details for programs. Times are ISO 8601 in UTC. Lists name the
    next value of the parameter after in next, which is not there at the end. Those with the scope all are asked
    of every node of the cluster; missing names the nodes that did not answer within 2 seconds.
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
      description: The access token of /auth/login, good for 15 minutes.
  responses:
    Error:
      description: The refusal, with its reason.
      content:
        application/json:
          schema: {$ref: "#/components/schemas/Error"}
  schemas:
)";

struct QueryParameter {
    std::string_view name;
    std::string_view schema;
    std::string_view about;
};

constexpr std::array kQueryParameters{
    QueryParameter{"limit", "{type: integer, minimum: 1, maximum: 1000, default: 100}",
                   "At most so many items."},
    QueryParameter{"after", "{type: string}", "What next said: the list goes on behind it."},
    QueryParameter{"prefix", "{type: string}", "Only names that begin so."},
    QueryParameter{"tenant_id", "{type: string}", "Only of this tenant."},
    QueryParameter{"bucket", "{type: string}", "Only of this bucket."},
    QueryParameter{"status", "{type: string, enum: [pending, sending, failed]}", "Only what is so."},
    QueryParameter{"contains", "{type: string}", "Only lines that contain this."},
    QueryParameter{"level", "{type: string, enum: [debug, info, warning, error]}", "The lowest level."},
    QueryParameter{"force", "{type: boolean, default: false}",
                   "Also while the node owns buckets, which become unavailable."},
    QueryParameter{"user_id", "{type: string}", "Only what this user did."},
    QueryParameter{"action", "{type: string}", "Only this action."},
    QueryParameter{"resource", "{type: string}", "Only what was done to this."},
    QueryParameter{"since", "{type: string, format: date-time}", "Only from this time on."},
    QueryParameter{"until", "{type: string, format: date-time}", "Only before this time."},
    QueryParameter{"resolution", "{type: integer, enum: [1, 10], default: 1, x-unit: seconds}",
                   "One hour by seconds, or one day by ten seconds."},
};

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

QJsonObject envelopeSchema(const char *status, const QJsonObject &more, const QJsonArray &needed)
{
    QJsonObject properties = more;
    properties.insert("status"_L1, QJsonObject{{"type"_L1, "string"_L1},
                                               {"enum"_L1, QJsonArray{QString::fromUtf8(status)}}});
    properties.insert("message"_L1, QJsonObject{{"type"_L1, "string"_L1}});
    return {{"type"_L1, "object"_L1}, {"required"_L1, needed}, {"properties"_L1, properties}};
}

void appendParameters(std::string &yaml, const Endpoint &endpoint)
{
    std::string lines;
    for (const std::string &name : parametersIn(endpoint.path))
        lines += "        - {name: " + name + ", in: path, required: true, schema: {type: string}}\n";
    std::string_view names = endpoint.shape.query;
    while (!names.empty()) {
        const std::string_view name = names.substr(0, names.find(' '));
        names.remove_prefix(std::min(name.size() + 1, names.size()));
        const auto known = std::ranges::find(kQueryParameters, name, &QueryParameter::name);
        if (known == kQueryParameters.end())
            qFatal("a query parameter without a description");
        lines += "        - name: " + std::string(name) + "\n          in: query\n          description: \"" +
                 std::string(known->about) + "\"\n          schema: " + std::string(known->schema) + '\n';
    }
    if (!lines.empty())
        yaml += "      parameters:\n" + lines;
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
    appendParameters(yaml, endpoint);
    if (endpoint.shape.request != nullptr) {
        protocol::Schemas schemas(protocol::Schemas::Use::Request);
        yaml += "      requestBody:\n        required: true\n        content:\n          application/json:\n"
                "            schema:" +
                yamlBlock(endpoint.shape.request(schemas), 14);
    }
    const bool stream = endpoint.handler == nullptr;
    yaml += "      responses:\n        \"" + std::to_string(endpoint.shape.success.status) +
            "\":\n          description: " +
            (stream ? "Server-sent events; this is what a data line holds." : "Success.") +
            "\n          content:\n            " + (stream ? "text/event-stream" : "application/json") +
            ":\n              schema:" + yamlBlock(answerSchema(endpoint), 16);
    yaml += "        default: {$ref: \"#/components/responses/Error\"}\n";
}

}  // namespace

QJsonObject componentSchemas()
{
    protocol::Schemas requests(protocol::Schemas::Use::Request);
    protocol::Schemas answers(protocol::Schemas::Use::Answer);
    for (const Endpoint &endpoint : endpoints()) {
        if (endpoint.shape.request != nullptr)
            static_cast<void>(endpoint.shape.request(requests));
        if (endpoint.shape.success.data != nullptr)
            static_cast<void>(endpoint.shape.success.data(answers));
    }
    const QJsonObject text{{"type"_L1, "string"_L1}};
    QJsonObject all{
        {"Success"_L1, envelopeSchema("success", {{"data"_L1, QJsonObject()}}, {"status"_L1, "data"_L1})},
        {"Error"_L1, envelopeSchema("error",
                                    {{"code"_L1, text},
                                     {"request_id"_L1, text},
                                     {"details"_L1, QJsonObject{{"type"_L1, "object"_L1}}}},
                                    {"status"_L1, "code"_L1, "message"_L1, "request_id"_L1})}};
    for (const protocol::Schemas *schemas : {&requests, &answers}) {
        for (const auto &[name, schema] : schemas->all())
            all.insert(QString::fromStdString(name), schema);
    }
    return all;
}

QJsonObject answerSchema(const Endpoint &endpoint)
{
    protocol::Schemas schemas(protocol::Schemas::Use::Answer);
    QJsonObject data{{"enum"_L1, QJsonArray{QJsonValue::Null}}, {"nullable"_L1, true}};
    if (endpoint.shape.success.data != nullptr)
        data = endpoint.shape.success.data(schemas);
    if (endpoint.handler == nullptr)
        return data;
    const QJsonObject inner{{"type"_L1, "object"_L1}, {"properties"_L1, QJsonObject{{"data"_L1, data}}}};
    return {{"allOf"_L1, QJsonArray{protocol::Schemas::referenceTo("Success"), inner}}};
}

std::string openApiDocument()
{
    std::string yaml(kHead);
    const QJsonObject schemas = componentSchemas();
    for (auto schema = schemas.begin(); schema != schemas.end(); ++schema)
        yaml += "    " + schema.key().toStdString() + ':' + yamlBlock(schema.value().toObject(), 6);
    yaml += "paths:\n";
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
