// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/byte_io.h"
#include "cluster/rules/replication.h"
#include "store/version_exchange.h"

namespace maxiofs::cluster::replication {

/// The number that stands behind the magic of each message. A node speaks this one.
inline constexpr std::uint8_t kMessageFormat = 1;

[[nodiscard]] std::unexpected<Error> malformed(std::string_view what);

// What all messages are made of: magic, format, then fields.
class MessageWriter {
public:
    explicit MessageWriter(std::uint32_t magic, std::size_t room = 0);
    ByteWriter *operator->() { return &m_writer; }

    void flag(bool value) { m_writer.fixed(static_cast<std::uint8_t>(value ? 1 : 0)); }
    void id(const Id128 &id) { m_writer.raw(id.bytes); }
    void stamp(const Stamp &stamp);
    void name(const rules::VersionName &name);
    void optionalName(const std::optional<rules::VersionName> &name);
    void location(const records::Location &location);
    void header(const rules::BatchHeader &header);
    [[nodiscard]] std::string text() const { return toText(m_bytes); }

private:
    Bytes m_bytes;
    ByteWriter m_writer;
};

// Reads it back. After the first shortage everything is zero or empty and ok() is false.
class MessageReader {
public:
    explicit MessageReader(ByteView bytes) : m_reader(bytes) {}
    ByteReader *operator->() { return &m_reader; }

    /// InvalidArgument for another magic, Unsupported for another format. `what` is "a batch" and the like.
    [[nodiscard]] Status begin(std::uint32_t magic, std::string_view what);
    bool flag() { return m_reader.fixed<std::uint8_t>() != 0; }
    Id128 id();
    Stamp stamp();
    rules::VersionName name();
    std::optional<rules::VersionName> optionalName();
    records::Location location();
    rules::BatchHeader header();
    Bytes bytes();
    /// A number of things of which each takes at least `each` bytes; empty for more than `most` or than are
    /// there.
    std::optional<std::size_t> count(std::size_t each, std::size_t most);

private:
    ByteReader m_reader;
};

}  // namespace maxiofs::cluster::replication
