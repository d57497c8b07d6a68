// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "carrier.h"

#include <map>

namespace maxiofs::test {

// Hands the entries of one store's copy over to another, as a former owner does.
class Handing {
public:
    Handing(StoreFixture &from, StoreFixture &to, std::uint64_t seed) : m_from(from), m_to(to), m_random(seed)
    {
    }

    /// All entries of the part, read in pages.
    [[nodiscard]] Result<std::vector<store::CopyEntry>> entries(const store::CopyPart &part,
                                                                std::size_t pageSize = 1000)
    {
        std::vector<store::CopyEntry> all;
        std::optional<store::CopyPlace> after;
        do {
            TRY_ASSIGN(auto page, m_from->copyPage(m_from.bucket, part, after, pageSize));
            std::ranges::move(page.entries, std::back_inserter(all));
            after = std::move(page.next);
        } while (after);
        return all;
    }
    /// One of them, in one of the ways that there are.
    [[nodiscard]] Result<store::Handed> hand(const store::CopyEntry &entry, std::uint64_t since,
                                             bool isForeign = false)
    {
        const store::HandoverTerms terms{entry.isUnsent, since, isForeign};
        if (const auto *removal = std::get_if<store::VersionRemoval>(&entry.what))
            return answered(
                [&](auto done) { m_to->takeRemoval(m_to.bucket, *removal, terms, std::move(done)); });
        // As it goes over the wire.
        TRY_ASSIGN(const auto header,
                   store::VersionHeader::decode(std::get<store::VersionHeader>(entry.what).encoded()));
        if (header.isDeleteMarker)
            return take(header, {}, terms);
        TRY_ASSIGN(const store::ImportNeed need, m_to->handedNeed(m_to.bucket, header, terms));
        if (need == store::ImportNeed::Nothing)
            return store::Handed{store::HandedOutcome::Nothing, 0};
        if (need == store::ImportNeed::Header && m_random() % 4 != 0)
            return answered(
                [&](auto done) { m_to->takeHeader(m_to.bucket, header, terms, std::move(done)); });
        auto exported = m_from->exportVersion(m_from.bucket, header.key, header.version);
        // Replaced since the page was read: the feed or the next page tells.
        if (!exported && exported.error().code == Error::NoSuchVersion)
            return store::Handed{store::HandedOutcome::Nothing, 0};
        if (!exported)
            return std::unexpected(exported.error());
        TRY_ASSIGN(const Bytes data, Carrier::bytesOf(*exported->reader));
        if (m_random() % 2 == 0)
            return take(exported->header, data, terms);
        TRY_ASSIGN(auto session, m_to->beginTake(m_to.bucket, exported->header, terms));
        for (std::size_t at = 0; at < data.size();) {
            const std::size_t slice = std::min<std::size_t>(data.size() - at, 1 + m_random() % 700);
            TRY_STATUS(session->write(ByteView(data).subspan(at, slice)));
            at += slice;
        }
        return answered([&](auto done) { session->commit(std::move(done)); });
    }
    /// The whole part; how many of each outcome there were.
    [[nodiscard]] Result<std::map<store::HandedOutcome, std::size_t>>
    handAll(const store::CopyPart &part, std::uint64_t since, bool isForeign = false)
    {
        std::map<store::HandedOutcome, std::size_t> outcomes;
        TRY_ASSIGN(const auto all, entries(part));
        for (const store::CopyEntry &entry : all) {
            TRY_ASSIGN(const store::Handed handed, hand(entry, since, isForeign));
            ++outcomes[handed.outcome];
        }
        return outcomes;
    }
    [[nodiscard]] Result<store::Handed> take(const store::VersionHeader &header, const Bytes &data,
                                             const store::HandoverTerms &terms)
    {
        return answered(
            [&](auto done) { m_to->takeVersion(m_to.bucket, header, data, terms, std::move(done)); });
    }

private:
    template <typename Start>
    [[nodiscard]] static Result<store::Handed> answered(Start start)
    {
        return StoreFixture::wait<store::Handed>(start);
    }

    StoreFixture &m_from;
    StoreFixture &m_to;
    std::mt19937_64 m_random;
};

}  // namespace maxiofs::test
