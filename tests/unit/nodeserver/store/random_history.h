// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "history_model.h"

#include <random>

namespace maxiofs::test {

// One store, its model, and random changes to both.
class RandomHistory {
public:
    static constexpr std::size_t kMostRounds = 1000;  // of compaction, before it is taken for endless

    explicit RandomHistory(std::uint64_t seed);
    void step();
    /// Compares everything, as it is and after a rebuild, and looks for files that nobody needs.
    void finish();
    /// As step(), without anything that breaks or restarts.
    void stepOfChanges();
    void removeEverything();
    [[nodiscard]] bool isBroken() const { return m_broken; }
    [[nodiscard]] const std::string &difference() const { return m_difference; }
    [[nodiscard]] const std::vector<std::string> &story() const { return m_story; }
    StoreFixture &store() { return m_store; }
    void compact();
    /// As often as there is something to do; how often that was.
    std::size_t compactAll();
    void forget();
    void crash();

private:
    void put();
    void remove();
    void removeVersion();
    void setTags();
    void replaceAttributes();
    void toggleVersioning();
    void begin();
    void putPart();
    void complete();
    void abort();
    void scrubAndSweep();
    void rotate();
    void breakSoon();
    void restart();
    void rebuild();
    void note(std::string text) { m_story.push_back(std::move(text)); }
    void fail(const std::string &difference);
    // A change that failed was interrupted: it may be there after the restart.
    template <typename Answer, typename Change>
    void settle(const Result<Answer> &answer, Change change)
    {
        if (answer) {
            change(m_model);
            return;
        }
        expect(answer);
        m_maybe = m_model;
        change(*m_maybe);
    }
    template <typename T>
    void expect(const Result<T> &answer)
    {
        if (answer)
            return;
        note("failed: " + answer.error().message);
        m_broken = true;
        if (!m_store.files().stopped())
            fail("a change failed: " + answer.error().message);
    }
    void reopen();
    void check(const std::string &when);
    std::string randomKey() { return "key " + std::to_string(m_random() % 6); }
    std::string randomData();
    store::Pairs randomPairs(const std::string &name);
    std::pair<std::string, const HistoryModel::Version *> randomVersion();
    const HistoryModel::Upload *randomUpload();

    StoreFixture m_store;
    std::mt19937_64 m_random;
    HistoryModel m_model;
    std::optional<HistoryModel> m_maybe;
    bool m_broken = false;
    bool m_isOpen = true;
    std::string m_difference;
    std::vector<std::string> m_story;
};

}  // namespace maxiofs::test
