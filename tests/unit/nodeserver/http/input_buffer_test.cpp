// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/input_buffer.h"

#include "support/test_runner.h"

#include <cstring>

namespace maxiofs::http {

class InputBufferTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void bytesComeOutAsTheyCameIn();
    void bufferGrowsToItsLimitAndNotBeyond();
    void spaceIsFoundInFrontBeforeGrowing();
};

namespace {

void addTo(InputBuffer &buffer, std::string_view text)
{
    const auto space = buffer.space();
    Q_ASSERT(space.size() >= text.size());
    std::memcpy(space.data(), text.data(), text.size());
    buffer.commit(text.size());
}

}  // namespace

void InputBufferTest::bytesComeOutAsTheyCameIn()
{
    InputBuffer buffer(16 * 1024);
    QVERIFY(buffer.isEmpty());

    addTo(buffer, "abcdef");
    buffer.consume(2);
    addTo(buffer, "gh");

    QVERIFY(buffer.text() == "cdefgh");
    buffer.consume(6);
    QVERIFY(buffer.isEmpty());
}

void InputBufferTest::bufferGrowsToItsLimitAndNotBeyond()
{
    constexpr std::size_t kLimit = 16 * 1024;
    InputBuffer buffer(kLimit);
    std::size_t size = 0;
    while (!buffer.space().empty()) {
        addTo(buffer, std::string(1, static_cast<char>('a' + size % 26)));
        ++size;
    }

    QCOMPARE(size, kLimit);
    for (std::size_t i = 0; i < size; ++i)
        QCOMPARE(buffer.text()[i], static_cast<char>('a' + i % 26));
    buffer.consume(size);
    buffer.shrink();
    QCOMPARE(buffer.space().size(), InputBuffer::kInitial);
}

void InputBufferTest::spaceIsFoundInFrontBeforeGrowing()
{
    InputBuffer buffer(16 * 1024);
    addTo(buffer, std::string(InputBuffer::kInitial, 'x'));
    buffer.consume(InputBuffer::kInitial - 3);

    QCOMPARE(buffer.space().size(), InputBuffer::kInitial - 3);
    QVERIFY(buffer.text() == "xxx");
}

}  // namespace maxiofs::http

using maxiofs::http::InputBufferTest;
MAXIOFS_TEST(InputBufferTest)
#include "input_buffer_test.moc"
