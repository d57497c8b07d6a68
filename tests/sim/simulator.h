// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/world.h"
#include "history.h"

#include <memory>
#include <optional>
#include <unordered_map>

namespace maxiofs::sim {

using cluster::rules::Answer;
using cluster::rules::Peer;
using cluster::rules::Request;
using cluster::rules::TimerId;
using cluster::rules::World;

// What the connection proves of who asks, and what the request is signed with.
struct Caller {
    std::size_t node = 0;     // of the simulation; machines must not see it
    NodeId id;                // that it says it is
    std::string certificate;  // that it has the key of
    std::string token;        // that signs its requests
};

/// Called at most once, now or later; a crash of the answering node lets it be forgotten.
using Reply = std::move_only_function<void(Result<Answer>)>;

class Program;
// What nodes of a model say to each other beside the cluster's messages. It is opened, once or twice, on the
// node where it arrives.
using Word = std::shared_ptr<const void>;
using Said = std::move_only_function<void(Result<Word>)>;
using Opened = std::function<void(Program &there, Said reply)>;

// What runs on a simulated node from a start to the next crash: the machines, over the World that they were
// given. Anything it keeps longer belongs on the model's disk for the node.
class Program {
public:
    virtual ~Program() = default;

    /// What its requests prove from now on; read at each request.
    [[nodiscard]] virtual Caller caller() const = 0;
    virtual void handle(const Caller &from, Request request, Reply reply) = 0;
};

class Simulator;

// What nodes run, what people do, and what must hold. One for each history.
class Model {
public:
    virtual ~Model() = default;

    /// A node starts from its disk: at the beginning, after a crash, after its disk was lost. Timers and asks
    /// may begin here.
    [[nodiscard]] virtual std::unique_ptr<Program> start(Simulator &simulator, std::size_t node,
                                                         World &world) = 0;
    /// Step::Kind::Act. Uses simulator.runOn() to do something on a node.
    virtual void act(Simulator &simulator, const Step &step) = 0;
    /// The node is down. Whether its disk was lost.
    [[nodiscard]] virtual bool loseDisk(std::size_t /*node*/) { return false; }
    /// All links, nodes and clocks are well again from now on.
    virtual void healed(Simulator & /*simulator*/) {}
    /// How long after that the promises must hold.
    [[nodiscard]] virtual std::int64_t healMs() const = 0;
    /// The promise that does not hold, in words; empty when all do.
    [[nodiscard]] virtual std::optional<std::string> check(Simulator &simulator) = 0;
    /// A step of its own in words.
    [[nodiscard]] virtual std::string describe(const Step &step) const = 0;
};

// Thrown out of a durable write at which the node crashes, through the machines to the simulator.
struct Crash {};

// One world of simulated nodes in simulated time: carries messages between them, badly; stops and restarts
// them; ends as soon as a promise is broken. One thread; nothing in it comes from outside the history.
class Simulator {
public:
    Simulator(const History &history, Model &model);
    ~Simulator();
    Simulator(const Simulator &) = delete;
    Simulator &operator=(const Simulator &) = delete;

    /// Runs the history, heals everything and checks: the promise that was broken, in words.
    [[nodiscard]] std::optional<std::string> run();

    // --- For models
    [[nodiscard]] static std::string endpointOf(std::size_t node);
    [[nodiscard]] std::size_t nodes() const { return m_nodes.size(); }
    [[nodiscard]] std::int64_t nowMs() const { return m_nowMs; }
    [[nodiscard]] std::int64_t wallMs(std::size_t node) const;
    [[nodiscard]] bool isUp(std::size_t node) const;
    /// Null while the node is down.
    [[nodiscard]] Program *program(std::size_t node) const;
    /// Whether messages from one arrive at the other.
    [[nodiscard]] bool isLinked(std::size_t from, std::size_t to) const;
    /// When the node last started or crashed, or a link of the two last changed.
    [[nodiscard]] std::int64_t changedMs(std::size_t from, std::size_t to) const;
    [[nodiscard]] bool isHealed() const { return m_healed; }
    [[nodiscard]] Random &random() { return m_random; }

    /// Runs on the node, if it is up; a durable write in it may crash the node.
    void runOn(std::size_t node, const std::function<void()> &call);
    /// One durable write of a node: it may crash before it and after it.
    template <typename Write>
    void durably(std::size_t node, Write write)
    {
        crashPoint(node, false);
        write();
        crashPoint(node, true);
    }
    /// As World::ask, with a word of the model's own.
    void carry(std::size_t from, std::size_t to, std::int64_t limitMs, Opened opened, Said answered);
    /// Calls later, whether nodes crash or not.
    void at(std::int64_t delayMs, std::move_only_function<void()> call);
    /// The history ends here: a promise was broken.
    void broken(std::string promise);

    // --- What it did
    [[nodiscard]] std::uint64_t messages() const { return m_messages; }

private:
    class NodeWorld;
    struct Node;
    struct Event {
        std::int64_t atMs = 0;
        std::uint64_t order = 0;
        std::size_t node = 0;          // whose event it is
        std::uint64_t generation = 0;  // 0: of no node; else it is void after a crash
        std::move_only_function<void()> call;
    };
    enum class Leg { Request, Double, Answer };
    struct Exchange {
        std::uint64_t id = 0;
        std::uint64_t generation = 0;  // of who asks
        std::size_t to = 0;
        std::string certificate;  // that is expected there
        Caller caller;            // as it was when it asked: a request goes on when its sender has crashed
        Opened opened;            // instead of a request
    };
    using Waiting = std::move_only_function<void(Result<Answer>, Word)>;
    using ExchangePtr = std::shared_ptr<const Exchange>;

    void push(std::int64_t atMs, std::size_t node, std::uint64_t generation,
              std::move_only_function<void()> call);
    void runUntil(std::int64_t atMs);
    void apply(const Step &step);
    void heal();
    void start(std::size_t index);
    void crash(std::size_t index);
    void crashPoint(std::size_t index, bool written);
    void guarded(std::size_t index, std::move_only_function<void()> &call);
    void setLink(std::size_t from, std::size_t to, bool linked);

    void ask(std::size_t from, const Peer &peer, Request request, std::int64_t limitMs,
             World::Answered answered);
    void begin(std::size_t from, std::optional<std::size_t> to, std::string certificate, Opened opened,
               Request request, std::int64_t limitMs, Waiting waiting);
    void deliver(const ExchangePtr &exchange, Request request);
    void answer(const ExchangePtr &exchange, Result<Answer> result, Word word = {});
    void finish(std::size_t index, std::uint64_t exchange, Result<Answer> result, Word word = {});
    [[nodiscard]] std::optional<std::size_t> nodeAt(std::string_view endpoint) const;
    /// How long a message takes; empty when it is lost.
    [[nodiscard]] std::optional<std::int64_t> travelMs(std::size_t from, std::size_t to, Leg leg);
    void send(const ExchangePtr &exchange, Request request, Leg leg);

    const History &m_history;
    Model &m_model;
    Random m_random;
    Weather m_weather;
    std::int64_t m_nowMs = 0;
    std::int64_t m_laterMs = 0;
    bool m_healed = false;
    std::uint64_t m_order = 0;
    std::uint64_t m_exchanges = 0;
    std::uint64_t m_messages = 0;
    std::uint64_t m_events = 0;
    std::vector<std::unique_ptr<Node>> m_nodes;
    std::vector<Event> m_queue;  // a heap, the next event first
    std::optional<std::string> m_broken;
};

}  // namespace maxiofs::sim
