// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "log/segment_writer.h"
#include "os/memory_file_system.h"

#include <QtGlobal>

#include <memory>

namespace maxiofs::test {

constexpr const char *kFirstSegment = "/data/log/0000000000000001.seg";

using Keys = std::vector<std::string>;

// A log on a disk in memory, written in batches of one record each.
class LogFixture {
public:
    LogFixture()
    {
        frame::Keyring::Options options;
        options.directory = "/data/keys";
        options.mayCreate = true;
        if (!disk.createDirectories("/data/keys") || !disk.createDirectories("/data/log"))
            qFatal("folders");
        keyring = std::move(*frame::Keyring::open(disk, options));
        disk.syncAll();
        open();
    }
    void open()
    {
        writer.reset();
        log = std::move(*log::Log::open(disk, *keyring, "/data/log"));
        restartWriter();
    }
    void restartWriter()
    {
        writer = std::make_unique<log::SegmentWriter>(*log, SystemClock::instance(), segmentBytes);
    }
    Status append(const std::string &key, std::size_t payload = 100)
    {
        frame::Fields fields;
        fields.setText(frame::Tag::Key, key);
        fields.set(frame::Tag::UserMetadata, toBytes("secret"));
        const Bytes data(payload, std::byte{0x5a});
        TRY_STATUS(writer->begin(sequence));
        last = writer->add({log::RecordType::Put, ++sequence, {}, &fields, data});
        return writer->commit();
    }
    /// The keys of all records, and what the replay said beside.
    Keys keys()
    {
        Keys found;
        auto replay = log->replay(
            from, synced,
            [&](const log::Record &record) -> Status {
                found.push_back(record.fields.text(frame::Tag::Key).value_or(""));
                return {};
            },
            [](log::Log::Position) { return Status(); });
        if (!replay)
            qFatal("%s", replay.error().message.c_str());
        damage = replay->damage;
        isComplete = replay->isComplete;
        end = replay->end;
        return found;
    }

    os::MemoryFileSystem disk;
    std::unique_ptr<frame::Keyring> keyring;
    std::unique_ptr<log::Log> log;
    std::unique_ptr<log::SegmentWriter> writer;
    std::uint64_t segmentBytes = log::kSegmentBytes;
    std::uint64_t sequence = 0;
    log::Placed last;
    log::Log::Position from;
    log::Log::Position synced;
    std::vector<log::Damage> damage;
    bool isComplete = false;
    log::Log::Position end;
};

}  // namespace maxiofs::test
