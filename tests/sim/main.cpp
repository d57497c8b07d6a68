// SPDX-License-Identifier: GPL-3.0-or-later
#include "explore.h"

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <thread>

// sim_cluster [--seconds N] [--seed N] [--histories N] [--scenario NAME]: lives through random histories of
// each scenario in turn. Without --seconds it takes MAXIOFS_SIM_SECONDS, without that 5. A history that
// breaks a promise is shrunk and printed with its seed; `--scenario NAME --seed N --histories 1` runs it
// again.
namespace {

struct Options {
    double seconds = 5;
    std::uint64_t seed = 0;
    std::uint64_t histories = ~std::uint64_t{0};
    std::string scenario;  // empty: all
};

std::optional<std::uint64_t> numberOf(const char *text)
{
    std::uint64_t number = 0;
    const char *end = text + std::strlen(text);
    const auto read = std::from_chars(text, end, number);
    return read.ec == std::errc() && read.ptr == end ? std::optional(number) : std::nullopt;
}

std::optional<Options> optionsOf(int argc, char **argv)
{
    Options options;
    options.seed = std::random_device()() % 1'000'000'000;
    if (const char *seconds = std::getenv("MAXIOFS_SIM_SECONDS"))
        options.seconds = static_cast<double>(numberOf(seconds).value_or(5));
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string name = argv[i];
        const auto number = numberOf(argv[i + 1]);
        if (name == "--scenario")
            options.scenario = argv[i + 1];
        else if (name == "--seconds" && number)
            options.seconds = static_cast<double>(*number);
        else if (name == "--seed" && number)
            options.seed = *number;
        else if (name == "--histories" && number)
            options.histories = *number;
        else
            return std::nullopt;
    }
    return argc % 2 == 1 ? std::optional(options) : std::nullopt;
}

bool run(const maxiofs::sim::Scenario &scenario, const Options &options, double seconds)
{
    const auto started = std::chrono::steady_clock::now();
    const unsigned threads = std::max(1U, std::thread::hardware_concurrency());
    const auto explored = explore(scenario, options.seed, {options.histories, seconds, threads});
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
    std::printf("%s : sim.%s: %llu histories from seed %llu, %.0f a second, %llu messages\n",
                explored.failure ? "FAIL! " : "PASS  ", scenario.name.c_str(),
                static_cast<unsigned long long>(explored.histories),
                static_cast<unsigned long long>(options.seed),
                static_cast<double>(explored.histories) / took.count(),
                static_cast<unsigned long long>(explored.messages));
    if (explored.failure) {
        std::printf("  seed %llu: %s\n%s", static_cast<unsigned long long>(explored.failure->seed),
                    explored.failure->promise.c_str(), explored.failure->story.c_str());
        std::printf("  again: sim_cluster --scenario %s --seed %llu --histories 1\n", scenario.name.c_str(),
                    static_cast<unsigned long long>(explored.failure->seed));
    }
    std::fflush(stdout);
    return !explored.failure;
}

}  // namespace

int main(int argc, char **argv)
{
    const auto options = optionsOf(argc, argv);
    if (!options) {
        std::fputs("usage: sim_cluster [--seconds N] [--seed N] [--histories N] [--scenario NAME]\n", stderr);
        return 2;
    }
    std::vector<maxiofs::sim::Scenario> chosen;
    for (const auto &scenario : maxiofs::sim::scenarios())
        if (options->scenario.empty() || scenario.name == options->scenario)
            chosen.push_back(scenario);
    if (chosen.empty()) {
        std::fprintf(stderr, "there is no scenario '%s'\n", options->scenario.c_str());
        return 2;
    }
    bool passed = true;
    for (const auto &scenario : chosen)
        passed &= run(scenario, *options, options->seconds / static_cast<double>(chosen.size()));
    return passed ? 0 : 1;
}
