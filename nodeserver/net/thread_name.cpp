// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/thread_name.h"

#include <csignal>
#include <pthread.h>

namespace maxiofs::net {

void nameThisThread(const std::string &name)
{
    constexpr std::size_t kKernelLimit = 15;
    pthread_setname_np(pthread_self(), name.substr(0, kKernelLimit).c_str());
}

void blockBrokenPipeSignal()
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

}  // namespace maxiofs::net
