// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/json.h"

namespace maxiofs::protocol {

struct Disk {
    std::int64_t totalBytes = 0;
    std::int64_t usedBytes = 0;
    std::int64_t reserveBytes = 0;  // writes of data stop when less than this is available
    double busy = 0;                // 0 to 1
    double queueLength = 0;
    double readBytesPerSecond = 0;
    double writeBytesPerSecond = 0;
};

struct Cpu {
    std::int64_t cores = 0;
    double used = 0;     // 0 to 1, of all cores
    double process = 0;  // the node's share of that
};

struct Memory {
    std::int64_t totalBytes = 0;
    std::int64_t usedBytes = 0;
    std::int64_t processBytes = 0;
};

struct Scrub {
    std::int64_t bytesPerSecond = 0;  // the setting; 0 = off
    bool running = false;
    double progress = 0;  // of the round, 0 to 1
    std::int64_t checkedBytes = 0;
    std::int64_t damagedFound = 0;        // objects found damaged since the start
    std::optional<Time> lastCompletedAt;  // a round; null: none since the start
};

struct Compaction {
    bool running = false;
    std::int64_t segments = 0;
    std::int64_t liveBytes = 0;
    std::int64_t deadBytes = 0;
    std::int64_t reclaimedBytes = 0;      // since the start
    std::optional<Time> lastCompletedAt;  // when a segment was won back; null: none since the start
};

struct Worker {
    std::string name;
    std::string state;  // "idle", "running", "stopped"
    std::string detail;
};

struct Certificate {
    std::string fingerprint;  // SHA-256, hex with colons
    std::optional<Time> expiresAt;
};

// GET /system: each node.
struct System {
    static constexpr const char *kPlural = "nodes";

    std::string nodeId;
    std::string nodeName;
    std::string version;
    std::string state;   // "healthy", "degraded", "read-only"
    std::string reason;  // why it is not healthy
    Time startedAt;
    std::int64_t uptimeSeconds = 0;
    std::string durability;  // what a 200 promises: "power-loss"
    double requestsPerSecond = 0;
    double bytesInPerSecond = 0;
    double bytesOutPerSecond = 0;
    Disk disk;
    Cpu cpu;
    Memory memory;
    std::optional<Time> lastKeyExport;
    Scrub scrub;
    Compaction compaction;
    std::vector<Worker> workers;
    Certificate certificate;
    std::string nodeFingerprint;   // SHA-256 of the certificate that it shows other nodes, hex with colons
    std::int64_t consolePort = 0;  // where its console listens; 0: not yet
};

// GET /system/log
struct LogEntry {
    static constexpr const char *kPlural = "lines";

    std::string id;
    Time time;
    std::string level;
    std::string text;  // the line as written
};

// POST /system/keys/export
struct KeyExportRequest {
    std::string passphrase;
};
struct KeyExport {
    std::string fileName;
    std::string bundle;  // Base64
    Time exportedAt;
};

}  // namespace maxiofs::protocol
