// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/location_answer.h"

#include "cluster/link/message_codec.h"

#include <QJsonDocument>

namespace maxiofs::api::s3 {

namespace {

using cluster::rules::SeekRecord;
using cluster::rules::SeekRecordAnswer;

// Locations have no secrets.
const cluster::link::MessageCodec &codec()
{
    static const cluster::link::MessageCodec instance({});
    return instance;
}

}  // namespace

Result<std::string> locationAnswer(records::RecordStore &records, const BucketId &bucket)
{
    TRY_ASSIGN(auto record, records.find(records::Kind::Location, bucket.hex()));
    if (!record)
        return failure(Error::NotFound, "This node knows no location of the bucket.", bucket.hex());
    SeekRecordAnswer answer;
    answer.records.push_back(std::move(*record));
    TRY_ASSIGN(const QJsonObject json, codec().encode(cluster::rules::Answer(std::move(answer)), {}));
    return QJsonDocument(json).toJson(QJsonDocument::Compact).toStdString();
}

Status learnLocation(records::RecordStore &records, const BucketId &bucket, std::string_view answer)
{
    const QJsonDocument document =
        QJsonDocument::fromJson(QByteArray(answer.data(), static_cast<qsizetype>(answer.size())));
    TRY_ASSIGN(auto decoded,
               codec().decodeAnswer(cluster::rules::Request(SeekRecord()), document.object(), {}));
    auto *const told = std::get_if<SeekRecordAnswer>(&decoded);
    if (told == nullptr || told->records.size() != 1 ||
        told->records.front().kind != records::Kind::Location || told->records.front().id != bucket.hex())
        return failure(Error::InvalidArgument, "The other node told no location of the bucket.",
                       bucket.hex());
    TRY_ASSIGN([[maybe_unused]] const records::Merged merged, records.merge(std::move(told->records)));
    return {};
}

}  // namespace maxiofs::api::s3
