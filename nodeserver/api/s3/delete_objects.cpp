// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/delete_objects.h"

#include "api/s3/conditions.h"
#include "api/s3/document_body.h"
#include "text/xml_reader.h"
#include "text/xml_writer.h"

#include <atomic>

namespace maxiofs::api::s3 {

namespace {

using Answers = std::vector<Result<store::Deleted>>;

// The answers of all items, collected from the committer's thread.
struct Collected {
    Answers answers;
    std::atomic<std::size_t> left;
    std::move_only_function<void(Result<Answers>)> done;

    void finishOne()
    {
        if (left.fetch_sub(1) == 1)
            done(std::move(answers));
    }
};

// Hands all deletions over at once, so that they share a sync.
net::Awaitable<Answers> removeAll(Call &call, const std::vector<DeleteObjects::Item> &items)
{
    auto answers = co_await net::completion<Answers>([&](auto done) {
        auto collected = std::make_shared<Collected>();
        collected->answers.resize(items.size());
        collected->left = items.size() + 1;
        collected->done = std::move(done);
        for (std::size_t i = 0; i < items.size(); ++i) {
            const DeleteObjects::Item &item = items[i];
            if (item.refusal) {
                collected->finishOne();
                continue;
            }
            call.context.store.remove(call.bucketId(), item.key, item.version.id, item.conditions,
                                      [collected, i](Result<store::Deleted> answer) {
                                          collected->answers[i] = std::move(answer);
                                          collected->finishOne();
                                      });
        }
        collected->finishOne();
    });
    co_return *std::move(answers);
}

void writeRefusal(text::XmlWriter &xml, const DeleteObjects::Item &item, const S3Error &error)
{
    xml.open("Error").element("Key", item.key);
    if (!item.version.text.empty())
        xml.element("VersionId", item.version.text);
    xml.element("Code", error.kind.code).element("Message", error.message).close();
}

void writeDeleted(text::XmlWriter &xml, const DeleteObjects::Item &item, const store::Deleted &deleted)
{
    xml.open("Deleted").element("Key", item.key);
    if (!item.version.text.empty())
        xml.element("VersionId", item.version.text);
    if (deleted.madeMarker || deleted.removedMarker) {
        xml.element("DeleteMarker", true);
        if (deleted.version)
            xml.element("DeleteMarkerVersionId", deleted.version->text());
    }
    xml.close();
}

S3Result<DeleteObjects::Item> parseItem(const text::XmlElement &object)
{
    DeleteObjects::Item item;
    item.key = object.childText("Key");
    if (object.name != "Object" || item.key.empty())
        return refuse(S3Error(errors::kMalformedXml));
    for (const std::string_view name : {"LastModifiedTime", "Size"}) {
        if (object.child(name) != nullptr)
            return refuse(S3Error(errors::kNotImplemented,
                                  "DeleteObjects is not implemented with " + std::string(name) + ".")
                              .with("Element", std::string(name)));
    }
    item.version.text = object.childText("VersionId");
    if (!item.version.text.empty()) {
        item.version.id = store::VersionId::parse(item.version.text);
        if (!item.version.id)
            item.refusal.emplace(errors::kNoSuchVersion);
    }
    if (const text::XmlElement *etag = object.child("ETag")) {
        const EtagList list = parseEtagList(etag->text);
        if (!list.any && list.items.size() != 1)
            return refuse(S3Error(errors::kMalformedXml));
        item.conditions.ifMatch = list.any ? "*" : list.items.front().etag;
    }
    if (item.key.size() > kMaxKeyBytes)
        item.refusal.emplace(errors::kKeyTooLong);
    return item;
}

}  // namespace

S3Result<DeleteObjects> DeleteObjects::parse(const Request &)
{
    return DeleteObjects();
}

// Each key is authorized on its own, once the body has named it.
Access DeleteObjects::access(const Request &) const
{
    return {identity::Action::BucketRead, {}};
}

S3Result<DeleteObjects::Document> DeleteObjects::parseDocument(std::string_view document)
{
    const auto root = text::parseXml(document);
    if (!root || root->name != "Delete")
        return refuse(S3Error(errors::kMalformedXml));
    Document result;
    for (const text::XmlElement &child : root->children) {
        if (child.name == "Quiet") {
            result.quiet = child.text == "true";
            continue;
        }
        S3_TRY(Item item, parseItem(child));
        result.items.push_back(std::move(item));
    }
    if (result.items.empty() || result.items.size() > kMaxKeys)
        return refuse(S3Error(errors::kMalformedXml));
    return result;
}

net::Awaitable<S3Result<Reply>> DeleteObjects::run(Call &call) const
{
    CO_S3_TRY(const std::string body,
              co_await readNeededDocument(call, kMaxLargeDocument, DigestNeeded::Yes));
    CO_S3_TRY(Document document, parseDocument(body));
    for (Item &item : document.items) {
        const Status allowed = call.context.identities.authorizer().authorize(
            call.caller.signer.identity, identity::Action::Write, call.bucket.get(), item.key);
        if (!allowed)
            item.refusal.emplace(errors::kAccessDenied, allowed.error().message);
    }
    const Answers answers = co_await removeAll(call, document.items);

    text::XmlWriter xml;
    xml.open("DeleteResult").attribute("xmlns", text::kS3Namespace);
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const Item &item = document.items[i];
        if (item.refusal) {
            writeRefusal(xml, item, *item.refusal);
        } else if (!answers[i]) {
            const S3Error error =
                fromStore(answers[i].error(), {call.request.bucket(), item.key, item.version.text, {}});
            logCause(error, call.exchange.requestId(), item.key);
            writeRefusal(xml, item, error);
        } else if (!document.quiet) {
            writeDeleted(xml, item, *answers[i]);
        }
    }
    xml.close();
    co_return Reply::xml(xml.take());
}

}  // namespace maxiofs::api::s3
