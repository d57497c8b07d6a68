// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/object_intake.h"

#include "api/s3/started.h"

#include <algorithm>
#include <array>

namespace maxiofs::api::s3 {

namespace {

constexpr std::size_t kBufferBytes = 256 * 1024;
// Framing of aws-chunked around a small object: head of the chunk, the last chunk, a trailer.
constexpr std::size_t kFramingAllowance = 1024;

// One buffer of the pipeline: bytes as they arrived, and which of them are payload.
struct Buffer {
    Bytes bytes;
    std::size_t used = 0;
    std::vector<ByteView> payload;
};

S3Status writeAll(store::PutSession &session, const std::vector<ByteView> &payload)
{
    if (const Status written = session.writeAhead(payload); !written)
        return refuse(fromStore(written.error(), {}));
    return {};
}

// Fills the buffer unless the body ends first.
net::Awaitable<S3Status> fill(http::Exchange &exchange, Buffer &buffer)
{
    buffer.used = 0;
    buffer.payload.clear();
    while (buffer.used < buffer.bytes.size() && !exchange.bodyFinished()) {
        const auto got = co_await exchange.readBody(std::span(buffer.bytes).subspan(buffer.used));
        if (!got)
            co_return refuse(fromStore(got.error(), {}));
        if (*got == 0)
            break;
        buffer.used += *got;
    }
    co_return S3Status();
}

S3Result<store::PutSession::Digests> finish(store::PutSession &session, PayloadReader &reader,
                                            const BodyPromises &promises)
{
    S3_CHECK(reader.finish());
    auto digests = session.finish();
    if (!digests)
        return refuse(fromStore(digests.error(), {}));
    const auto computed =
        std::ranges::find_if(digests->checksums, [&](const store::ObjectChecksum &checksum) {
            return checksum.algorithm == promises.algorithm;
        });
    S3_CHECK(checkPromises(promises, reader, digests->md5,
                           computed == digests->checksums.end() ? nullptr : &computed->value));
    return *std::move(digests);
}

// Ends when nobody looks at the buffers any more, also after a failure.
struct Settled {
    explicit Settled(store::PutSession &of) : session(of) {}
    ~Settled() { session.settle(); }
    Settled(const Settled &) = delete;
    Settled &operator=(const Settled &) = delete;
    store::PutSession &session;
};

// The body's way through a ring of buffers: while one is read from the socket, the one before is checked
// (hashed) and the one before that is written; those before that may still be hashed for the ETag. Stages of
// one kind never overlap themselves.
class Pipeline {
public:
    Pipeline(Call &call, store::PutSession &session, PayloadReader &reader)
        : m_call(call),
          m_session(session),
          m_reader(reader)
    {
    }

    net::Awaitable<S3Result<store::PutSession::Digests>> run(Buffer first, const BodyPromises &promises)
    {
        CO_S3_CHECK(co_await receive(std::move(first)));
        co_return co_await m_call.context.pool.run([&] { return finish(m_session, m_reader, promises); });
    }

private:
    net::Awaitable<S3Status> receive(Buffer first)
    {
        const net::Executor executor = co_await boost::asio::this_coro::executor;
        // When a turn begins, the write of two turns ago has returned, or of three where checking is a stage.
        const std::size_t slots = kStagesAhead + (m_reader.hashes() ? 1 : 0);
        m_buffers[0] = std::move(first);
        for (std::size_t turn = 0;; ++turn) {
            Buffer &buffer = m_buffers[turn % slots];
            if (turn > 0) {
                buffer.bytes.resize(kBufferBytes);
                CO_S3_CHECK(co_await fill(m_call.exchange, buffer));
            }
            if (m_checking.isRunning()) {
                CO_S3_CHECK(co_await m_checking.wait());
                CO_S3_CHECK(co_await startWriting(executor, m_buffers[(turn - 1) % slots]));
            }
            if (buffer.used == 0)
                break;
            const ByteView raw = ByteView(buffer.bytes).first(buffer.used);
            if (m_reader.hashes()) {
                m_checking.start(m_call.context.pool, executor,
                                 [this, raw, &buffer] { return m_reader.feed(raw, buffer.payload); });
            } else {
                CO_S3_CHECK(m_reader.feed(raw, buffer.payload));
                CO_S3_CHECK(co_await startWriting(executor, buffer));
            }
        }
        if (m_writing.isRunning())
            co_return co_await m_writing.wait();
        co_return S3Status();
    }

    net::Awaitable<S3Status> startWriting(const net::Executor &executor, Buffer &buffer)
    {
        if (m_writing.isRunning())
            CO_S3_CHECK(co_await m_writing.wait());
        m_writing.start(m_call.context.pool, executor,
                        [this, &buffer] { return writeAll(m_session, buffer.payload); });
        co_return S3Status();
    }

    Call &m_call;
    store::PutSession &m_session;
    PayloadReader &m_reader;
    static constexpr std::size_t kStagesAhead = 2 + store::PutSession::kWritesAhead;
    std::array<Buffer, kStagesAhead + 1> m_buffers;
    // After the buffers, which they use: the destructors wait.
    Settled m_settled{m_session};
    Started<S3Status> m_checking;
    Started<S3Status> m_writing;
};

}  // namespace

S3Result<std::uint64_t> declaredObjectLength(const PayloadReader &reader)
{
    const auto length = reader.declaredLength();
    if (!length)
        return refuse(S3Error(errors::kMissingContentLength));
    if (*length > store::kMaxPutBytes)
        return refuse(S3Error(errors::kEntityTooLarge)
                          .with("ProposedSize", std::to_string(*length))
                          .with("MaxSizeAllowed", std::to_string(store::kMaxPutBytes)));
    return *length;
}

net::Awaitable<S3Result<store::PutSession::Digests>>
receiveObject(Call &call, store::PutSession &session, PayloadReader &reader, const BodyPromises &promises)
{
    Buffer first;
    const std::uint64_t expected = call.exchange.contentLength().value_or(
        reader.declaredLength().value_or(kBufferBytes) + kFramingAllowance);
    first.bytes.resize(static_cast<std::size_t>(std::min<std::uint64_t>(expected, kBufferBytes)));
    CO_S3_CHECK(co_await fill(call.exchange, first));

    if (call.exchange.bodyFinished()) {
        auto work = [&]() -> S3Result<store::PutSession::Digests> {
            S3_CHECK(reader.feed(ByteView(first.bytes).first(first.used), first.payload));
            S3_CHECK(writeAll(session, first.payload));
            return finish(session, reader, promises);
        };
        if (session.mayBlock(first.used))
            co_return co_await call.context.pool.run(std::move(work));
        co_return work();
    }

    Pipeline pipeline(call, session, reader);
    co_return co_await pipeline.run(std::move(first), promises);
}

net::Awaitable<Result<store::Committed>>
commit(const Context &context, std::unique_ptr<store::PutSession> session, store::WriteConditions conditions)
{
    co_return co_await net::completion<store::Committed>([&](auto done) {
        if (!session->mayBlock(0)) {
            session->commit(std::move(conditions), std::move(done));
            return;
        }
        // The job owns the session: `done` may let this coroutine end before commit() has returned.
        context.pool.submit(
            [kept = std::move(session), conditions = std::move(conditions),
             done = std::move(done)]() mutable { kept->commit(std::move(conditions), std::move(done)); });
    });
}

}  // namespace maxiofs::api::s3
