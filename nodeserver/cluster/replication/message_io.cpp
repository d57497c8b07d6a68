// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/replication/message_io.h"

namespace maxiofs::cluster::replication {

std::unexpected<Error> malformed(std::string_view what)
{
    return failure(Error::InvalidArgument,
                   "The bytes are not " + std::string(what) + " as a node sends it in replication.", "bytes");
}

MessageWriter::MessageWriter(std::uint32_t magic, std::size_t room) : m_writer(m_bytes)
{
    m_bytes.reserve(room);
    m_writer.fixed(magic);
    m_writer.fixed(kMessageFormat);
}

void MessageWriter::stamp(const Stamp &stamp)
{
    m_writer.fixed(stamp.time);
    id(stamp.node);
}

void MessageWriter::name(const rules::VersionName &name)
{
    m_writer.sized(name.key);
    flag(name.version.has_value());
    if (name.version)
        stamp(*name.version);
}

void MessageWriter::optionalName(const std::optional<rules::VersionName> &given)
{
    flag(given.has_value());
    if (given)
        name(*given);
}

void MessageWriter::location(const records::Location &location)
{
    id(location.owner);
    m_writer.fixed(location.epoch.number);
    id(location.epoch.node);
    flag(location.unavailable);
}

void MessageWriter::header(const rules::BatchHeader &header)
{
    id(header.rule);
    id(header.bucket);
    id(header.destinationBucket);
    location(header.location);
    m_writer.varint(header.to);
    m_writer.varint(header.complete);
    flag(header.whole);
    flag(header.degraded);
}

Status MessageReader::begin(std::uint32_t magic, std::string_view what)
{
    if (m_reader.fixed<std::uint32_t>() != magic)
        return malformed(what);
    const auto format = m_reader.fixed<std::uint8_t>();
    if (!m_reader.ok())
        return malformed(what);
    if (format != kMessageFormat)
        return failure(Error::Unsupported,
                       "The other node replicates in the format " + std::to_string(format) +
                           ", this one in " + std::to_string(kMessageFormat) +
                           ": update the older of the two.",
                       "format");
    return {};
}

Id128 MessageReader::id()
{
    return Id128::fromBytes(m_reader.raw(sizeof(Id128))).value_or(Id128());
}

Stamp MessageReader::stamp()
{
    const auto time = m_reader.fixed<std::uint64_t>();
    return {time, id()};
}

rules::VersionName MessageReader::name()
{
    rules::VersionName name{m_reader.sizedText(), {}};
    if (flag())
        name.version = stamp();
    return name;
}

std::optional<rules::VersionName> MessageReader::optionalName()
{
    if (!flag())
        return std::nullopt;
    return name();
}

records::Location MessageReader::location()
{
    records::Location location;
    location.owner = id();
    location.epoch.number = m_reader.fixed<std::uint64_t>();
    location.epoch.node = id();
    location.unavailable = flag();
    return location;
}

rules::BatchHeader MessageReader::header()
{
    rules::BatchHeader header;
    header.rule = id();
    header.bucket = id();
    header.destinationBucket = id();
    header.location = location();
    header.to = m_reader.varint();
    header.complete = m_reader.varint();
    header.whole = flag();
    header.degraded = flag();
    return header;
}

Bytes MessageReader::bytes()
{
    const ByteView view = m_reader.sized();
    return {view.begin(), view.end()};
}

std::optional<std::size_t> MessageReader::count(std::size_t each, std::size_t most)
{
    const std::uint64_t wanted = m_reader.varint();
    if (!m_reader.ok() || wanted > most || wanted > m_reader.rest().size() / each)
        return std::nullopt;
    return static_cast<std::size_t>(wanted);
}

}  // namespace maxiofs::cluster::replication
