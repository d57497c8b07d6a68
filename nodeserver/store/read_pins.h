// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/mutex.h"
#include "store/applier.h"

#include <functional>
#include <unordered_map>

namespace maxiofs::store {

// Keeps large-object files for as long as someone reads the version they belong to. Any thread.
class ReadPins {
public:
    using Remove = std::function<void(std::vector<DeadBlob>)>;
    /// `remove` is called, outside any lock, with files that nobody reads.
    explicit ReadPins(Remove remove) : m_remove(std::move(remove)) {}

    // Ends with the object; the last one for a version lets go of what died meanwhile.
    class Pin {
    public:
        Pin() = default;
        Pin(ReadPins &pins, std::uint64_t dataId) : m_pins(&pins), m_dataId(dataId) { pins.add(dataId); }
        ~Pin();
        Pin(Pin &&other) noexcept : m_pins(std::exchange(other.m_pins, nullptr)), m_dataId(other.m_dataId) {}
        Pin &operator=(Pin &&other) noexcept
        {
            std::swap(m_pins, other.m_pins);
            std::swap(m_dataId, other.m_dataId);
            return *this;
        }

    private:
        ReadPins *m_pins = nullptr;
        std::uint64_t m_dataId = 0;
    };

    /// Files that died: those that are read wait for the end of the last reader.
    void release(std::vector<DeadBlob> blobs);

private:
    void add(std::uint64_t dataId);
    void drop(std::uint64_t dataId);

    struct Entry {
        unsigned readers = 0;
        std::vector<DeadBlob> dead;
    };
    const Remove m_remove;
    base::Mutex m_mutex;
    std::unordered_map<std::uint64_t, Entry> m_entries GUARDED_BY(m_mutex);
};

}  // namespace maxiofs::store
