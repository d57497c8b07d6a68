// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_runner.h"

#include "base/log_line.h"

#include <QRegularExpression>

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <unistd.h>

namespace maxiofs {

class LogLineTest : public QObject {
    Q_OBJECT

    // What `write` puts on standard error.
    static std::string captured(const std::function<void()> &write)
    {
        std::array<int, 2> ends{};
        if (::pipe(ends.data()) != 0)
            return "no pipe";
        const int standardError = ::dup(STDERR_FILENO);
        ::dup2(ends[1], STDERR_FILENO);
        ::close(ends[1]);
        write();
        ::dup2(standardError, STDERR_FILENO);
        ::close(standardError);
        std::string text;
        std::array<char, 4096> piece{};
        for (ssize_t count = 0; (count = ::read(ends[0], piece.data(), piece.size())) > 0;)
            text.append(piece.data(), static_cast<std::size_t>(count));
        ::close(ends[0]);
        return text;
    }

private Q_SLOTS:
    void aLineHasTimeLevelMessageAndValues()
    {
        const std::string line = captured(
            [] { base::infoLine("Node is healthy (latency=15ms)").with("node", "n-1").with("count", 3); });

        const QRegularExpression form(
            QStringLiteral("^ts=\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z level=info "
                           "msg=\"Node is healthy \\(latency=15ms\\)\" node=n-1 count=3\n$"));
        QVERIFY2(form.match(QString::fromStdString(line)).hasMatch(), line.c_str());
    }

    void noValueCanForgeALine()
    {
        const std::string line = captured(
            [] { base::errorLine("a\nb").with("key", "x\" level=\"info\n\x1b[0m\\").with("other", "a=b"); });

        QVERIFY(line.contains("msg=\"a\\nb\" key=\"x\\\" level=\\\"info\\n\\x1b[0m\\\\\" other=\"a=b\""));
        QCOMPARE(std::count(line.begin(), line.end(), '\n'), std::ptrdiff_t{1});
    }

    void anEmptyValueIsQuoted()
    {
        QVERIFY(captured([] { base::warningLine("m").with("key", ""); }).ends_with(" key=\"\"\n"));
    }

    void linesBelowTheLevelAreNotWritten()
    {
        base::setLogLevel(base::LogLevel::Warning);
        const std::string quiet = captured([] { base::infoLine("m").with("count", 1); });
        base::setLogLevel(base::LogLevel::Debug);
        const std::string loud = captured([] { base::debugLine("m"); });
        base::setLogLevel(base::LogLevel::Info);

        QCOMPARE(quiet, std::string());
        QVERIFY(loud.contains("level=debug"));
    }
};

MAXIOFS_TEST(LogLineTest)

}  // namespace maxiofs

#include "log_line_test.moc"
