// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/bucket_handover.h"
#include "store/incoming_version.h"

namespace maxiofs::store {

// The ImportSession and HandedSession of a store: takes the bytes in, then has them decided.
template <typename Session, typename T>
class StreamingSession final : public Session {
public:
    using Ready = ReadyVersion;
    using Done = std::move_only_function<void(Result<T>)>;
    // Gets what is to be decided, or an error when the data is wrong or could not be made durable.
    using Submit = std::move_only_function<void(Result<Ready>, Done)>;

    StreamingSession(IncomingVersion version, Submit submit)
        : m_version(std::move(version)),
          m_submit(std::move(submit))
    {
    }

    [[nodiscard]] Status write(ByteView bytes) override { return m_version.write(bytes); }
    [[nodiscard]] std::uint64_t written() const override { return m_version.written(); }
    void commit(Done done) override { m_submit(m_version.finish(), std::move(done)); }

private:
    IncomingVersion m_version;
    Submit m_submit;
};
using StreamingImport = StreamingSession<ImportSession, Imported>;
using StreamingTake = StreamingSession<HandedSession, Handed>;

}  // namespace maxiofs::store
