// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store_fixture.h"

#include <algorithm>
#include <random>

#include <string>
#include <vector>

namespace maxiofs::test {

// Takes the changes of a bucket in one store to another, as a rule does: by its feed, or by comparing all.
class Carrier {
public:
    Carrier(StoreFixture &from, StoreFixture &to, std::uint64_t seed) : m_from(from), m_to(to), m_random(seed)
    {
    }

    [[nodiscard]] Status begin()
    {
        TRY_ASSIGN([[maybe_unused]] const std::uint64_t cursor, m_from->addConsumer(m_from.bucket, rule));
        return {};
    }
    /// One page of the feed; whether that was all. A feed that is lost or cut is made up for by comparing.
    [[nodiscard]] Result<bool> step()
    {
        auto cursor = m_from->cursor(m_from.bucket, rule);
        if (!cursor && cursor.error().code == Error::NotFound) {
            m_mustCompare = true;
            cursor = m_from->addConsumer(m_from.bucket, rule);
        }
        if (!cursor)
            return std::unexpected(cursor.error());
        TRY_ASSIGN(const auto page, m_from->changes(m_from.bucket, rule, *cursor, 1 + m_random() % 20));
        if (m_mustCompare || page.trimmed) {
            m_mustCompare = true;
            const std::uint64_t position = m_from->position();
            TRY_STATUS(compareAll());
            TRY_STATUS(m_from->acknowledge(m_from.bucket, rule, position));
            m_mustCompare = false;
            return false;
        }
        for (const store::FeedEntry &entry : page.entries)
            TRY_STATUS(carry(entry.key, entry.version));
        TRY_STATUS(m_from->acknowledge(m_from.bucket, rule, page.next));
        return page.atEnd;
    }
    [[nodiscard]] Status run()
    {
        for (int i = 0; i < 100'000; ++i) {
            TRY_ASSIGN(const bool atEnd, step());
            if (atEnd)
                return {};
        }
        return failure(Error::Internal, "the feed never ends");
    }
    /// Sends whatever of the source's manifest the destination has not.
    [[nodiscard]] Status compareAll()
    {
        TRY_ASSIGN(const auto here, manifestOf(m_from, 1 + m_random() % 50));
        TRY_ASSIGN(const auto there, manifestOf(m_to, 1 + m_random() % 50));
        for (const store::ManifestEntry &entry : here) {
            if (std::ranges::find(there, entry) == there.end())
                TRY_STATUS(carry(entry.key, entry.version));
        }
        return {};
    }
    [[nodiscard]] Status carry(const std::string &key, const store::VersionId &version)
    {
        auto exported = m_from->exportVersion(m_from.bucket, key, version);
        if (exported)
            return import(*exported);
        if (exported.error().code != Error::NoSuchVersion)
            return std::unexpected(exported.error());
        TRY_ASSIGN(auto removal, m_from->exportRemoval(m_from.bucket, key, version));
        if (!removal)
            return {};
        return answered([&](auto done) {
            m_to->importRemoval(m_to.bucket, m_from.bucket, std::move(*removal), std::move(done));
        });
    }

    [[nodiscard]] static Result<std::vector<store::ManifestEntry>> manifestOf(StoreFixture &store,
                                                                              std::size_t limit)
    {
        std::vector<store::ManifestEntry> all;
        std::string key;
        std::optional<store::VersionId> version;
        while (true) {
            TRY_ASSIGN(auto page, store->manifest(store.bucket, key, version, limit));
            if (page.truncated && page.entries.empty())
                return failure(Error::Internal, "an empty page is followed by another");
            std::ranges::move(page.entries, std::back_inserter(all));
            if (!page.truncated)
                return all;
            key = all.back().key;
            version = all.back().version;
        }
    }
    [[nodiscard]] static Result<Bytes> bytesOf(store::ObjectReader &reader)
    {
        Bytes data;
        while (data.size() < reader.info().size) {
            TRY_ASSIGN(const std::size_t got,
                       reader.read(data.size(), 1 << 20, data, index::ReadMode::MayBlock));
            if (got == 0)
                return failure(Error::Internal, "a read gave nothing");
        }
        return data;
    }

    const Id128 rule = Id128::random();

private:
    [[nodiscard]] Status import(store::VersionExport &exported)
    {
        // As it goes over the wire.
        TRY_ASSIGN(auto header, store::VersionHeader::decode(exported.header.encoded()));
        if (!(header == exported.header))
            return failure(Error::Internal, "a header changes on its way");
        if (header.isDeleteMarker)
            return answered([&](auto done) {
                m_to->importVersion(m_to.bucket, m_from.bucket, header, {}, std::move(done));
            });
        TRY_ASSIGN(const store::ImportNeed need, m_to->importNeed(m_to.bucket, header));
        if (need == store::ImportNeed::Nothing)
            return {};
        if (need == store::ImportNeed::Header && m_random() % 4 != 0)
            return answered(
                [&](auto done) { m_to->importHeader(m_to.bucket, m_from.bucket, header, std::move(done)); });
        TRY_ASSIGN(const Bytes data, bytesOf(*exported.reader));
        if (m_random() % 2 == 0)
            return answered([&](auto done) {
                m_to->importVersion(m_to.bucket, m_from.bucket, header, data, std::move(done));
            });
        TRY_ASSIGN(auto session, m_to->beginImport(m_to.bucket, m_from.bucket, header));
        for (std::size_t at = 0; at < data.size();) {
            const std::size_t slice = std::min<std::size_t>(data.size() - at, 1 + m_random() % 700);
            TRY_STATUS(session->write(ByteView(data).subspan(at, slice)));
            at += slice;
        }
        return answered([&](auto done) { session->commit(std::move(done)); });
    }
    template <typename Start>
    [[nodiscard]] static Status answered(Start start)
    {
        TRY_ASSIGN([[maybe_unused]] const auto imported, StoreFixture::wait<store::Imported>(start));
        return {};
    }

    StoreFixture &m_from;
    StoreFixture &m_to;
    std::mt19937_64 m_random;
    bool m_mustCompare = false;
};

}  // namespace maxiofs::test
