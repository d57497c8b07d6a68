// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/log_line.h"
#include "configuration.h"
#include "node.h"
#include "stopped_node.h"

#include <QCoreApplication>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace {

using namespace maxiofs;

constexpr int kUsageError = 2;

std::optional<std::string> environmentValue(const std::string &name)
{
    const char *const value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

// The signals that the node waits for; blocked in every thread, so that only sigwait takes them.
sigset_t blockSignals()
{
    sigset_t signals;
    ::sigemptyset(&signals);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP})
        ::sigaddset(&signals, signal);
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    return signals;
}

// Waits for a signal to stop, at most `seconds`; negative: for ever. SIGHUP reloads the certificate
// meanwhile.
bool waitForStop(const sigset_t &signals, Node &node, std::int64_t seconds)
{
    const std::time_t until = std::time(nullptr) + seconds;
    while (true) {
        int signal = 0;
        if (seconds < 0) {
            ::sigwait(&signals, &signal);
        } else {
            const timespec left{std::max<std::time_t>(until - std::time(nullptr), 0), 0};
            signal = ::sigtimedwait(&signals, nullptr, &left);
            if (signal < 0)
                return false;
        }
        if (signal != SIGHUP)
            return true;
        if (auto reloaded = node.reloadCertificate(); !reloaded)
            base::errorLine("the certificate was not reloaded").with("reason", reloaded.error().message);
        else
            base::infoLine("the certificate was reloaded");
    }
}

int serve(const Configuration &configuration)
{
    base::setLogLevel(configuration.logLevel);
    const sigset_t signals = blockSignals();
    Node node(configuration);
    if (auto started = node.start(); !started) {
        base::errorLine("the node cannot start").with("reason", started.error().message);
        return EXIT_FAILURE;
    }
    base::infoLine("the node is ready").with("version", MAXIOFS_VERSION).with("data", configuration.dataDir);
    waitForStop(signals, node, -1);
    base::infoLine("the node is stopping");
    node.drain();
    // A second signal ends the waiting.
    waitForStop(signals, node, static_cast<std::int64_t>(configuration.drainSeconds));
    node.stop();
    base::infoLine("the node has stopped");
    return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    const auto invocation = readInvocation(application.arguments().mid(1), environmentValue);
    if (!invocation) {
        std::fprintf(stderr, "maxiofs: %s\n", invocation.error().message.c_str());
        return kUsageError;
    }
    switch (invocation->command) {
    case Invocation::Command::Version: std::printf("maxiofs %s\n", MAXIOFS_VERSION); return EXIT_SUCCESS;
    case Invocation::Command::Help: std::fputs(invocation->helpText.c_str(), stdout); return EXIT_SUCCESS;
    case Invocation::Command::Serve: return serve(invocation->configuration);
    default: return runOnStoppedNode(*invocation, environmentValue);
    }
}
