// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/replication/version_giver.h"

#include <QJsonDocument>

#include <algorithm>

using namespace Qt::StringLiterals;

// An exchange outlives its handler. NOLINTBEGIN(cppcoreguidelines-avoid-reference-coroutine-parameters)

namespace maxiofs::cluster::replication {

namespace {

// Exact where JSON's numbers are not.
QString textOf(std::uint64_t number)
{
    return QString::number(number);
}

Result<std::uint64_t> numberOf(const QJsonObject &json, QLatin1StringView field)
{
    bool isNumber = false;
    const std::uint64_t number = json.value(field).toString().toULongLong(&isNumber);
    if (!isNumber)
        return failure(Error::InvalidArgument, "The field is no number.", field.data());
    return number;
}

Result<Id128> idOf(const QJsonObject &json, QLatin1StringView field)
{
    const auto id = Id128::fromHex(json.value(field).toString().toStdString());
    if (!id)
        return failure(Error::InvalidArgument, "The field is no id.", field.data());
    return *id;
}

Status fill(store::ObjectReader &reader, std::uint64_t offset, std::size_t most, Bytes &piece)
{
    piece.clear();
    while (piece.size() < most) {
        TRY_ASSIGN(const std::size_t got, reader.read(offset + piece.size(), most - piece.size(), piece));
        if (got == 0)
            return failure(Error::Corrupt, "The version is shorter than its header says.");
    }
    return {};
}

}  // namespace

QJsonObject VersionGiver::question(const Question &question)
{
    QJsonObject json{{"bucket"_L1, QString::fromStdString(question.bucket.hex())},
                     {"key"_L1, QString::fromStdString(question.name.key)},
                     {"offset"_L1, textOf(question.offset)}};
    if (question.name.version) {
        json.insert("time"_L1, textOf(question.name.version->time));
        json.insert("node"_L1, QString::fromStdString(question.name.version->node.hex()));
    }
    return json;
}

Result<VersionGiver::Question> VersionGiver::questionOf(const QJsonObject &json)
{
    Question question;
    TRY_ASSIGN(question.bucket, idOf(json, "bucket"_L1));
    question.name.key = json.value("key"_L1).toString().toStdString();
    if (question.name.key.empty())
        return failure(Error::InvalidArgument, "The field is missing.", "key");
    TRY_ASSIGN(question.offset, numberOf(json, "offset"_L1));
    if (json.contains("time"_L1)) {
        Stamp stamp;
        TRY_ASSIGN(stamp.time, numberOf(json, "time"_L1));
        TRY_ASSIGN(stamp.node, idOf(json, "node"_L1));
        question.name.version = stamp;
    }
    return question;
}

std::string VersionGiver::headerQuestion(const Question &question)
{
    return QJsonDocument(VersionGiver::question(question)).toJson(QJsonDocument::Compact).toStdString();
}

net::Awaitable<Result<std::string>> VersionGiver::header(link::InternalCall call) const
{
    const QJsonObject json = QJsonDocument::fromJson(QByteArray::fromStdString(call.bytes)).object();
    CO_TRY_ASSIGN(const Question question, questionOf(json));
    CO_TRY_ASSIGN(const store::VersionExport opened, co_await m_pool.run([&] {
        return m_store.exportVersion(question.bucket, question.name.key, {question.name.version});
    }));
    co_return toText(opened.header.encoded());
}

net::Awaitable<Status> VersionGiver::answer(link::InternalCall call, http::Exchange &exchange) const
{
    CO_TRY_ASSIGN(const Question question, questionOf(call.body));
    CO_TRY_ASSIGN(const store::VersionExport opened, co_await m_pool.run([&] {
        return m_store.exportVersion(question.bucket, question.name.key, {question.name.version});
    }));
    const std::uint64_t size = opened.header.size;
    if (opened.reader == nullptr || question.offset > size)
        co_return failure(Error::InvalidArgument, "The version has no byte there.", "offset");
    http::ResponseHead head(200, "application/octet-stream");
    head.contentLength = size - question.offset;
    if (!co_await exchange.begin(std::move(head)))
        co_return Status();
    Bytes piece;
    for (std::uint64_t offset = question.offset; offset < size; offset += piece.size()) {
        const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(size - offset, kPiece));
        CO_TRY_STATUS(co_await m_pool.run([&] { return fill(*opened.reader, offset, most, piece); }));
        if (!co_await exchange.write(piece))
            co_return Status();
    }
    co_return co_await exchange.end();
}

}  // namespace maxiofs::cluster::replication

// NOLINTEND(cppcoreguidelines-avoid-reference-coroutine-parameters)
