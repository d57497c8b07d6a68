// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulator.h"

#include "requests.h"

#include <algorithm>
#include <charconv>

namespace maxiofs::sim {

namespace {

constexpr std::int64_t kEpochMs = 1'700'000'000'000;  // Unix time at which histories begin
constexpr std::int64_t kRefusedMs = 1;                // until a refused connection is known
constexpr std::int64_t kRestartMs = 2000;             // after a crash at a write
constexpr std::uint64_t kMostEvents = 3'000'000;      // of a history that never comes to rest
constexpr std::string_view kScheme = "sim://";

}  // namespace

struct Simulator::Node {
    std::unique_ptr<World> world;
    std::unique_ptr<Program> program;  // null: down. After the world, which it uses
    std::uint64_t generation = 0;      // of the program; changes with each start and crash
    std::int64_t bootedMs = 0;
    std::int64_t changedMs = 0;
    std::int64_t clockMs = 0;  // how far its wall clock is off
    std::unordered_map<std::uint64_t, Waiting> waiting;
    std::unordered_map<TimerId, std::move_only_function<void()>> timers;
    TimerId lastTimer = 0;
    struct Link {
        bool up = true;
        std::int64_t changedMs = 0;
        std::uint64_t sent = 0;
    };
    std::vector<Link> links;  // to each node
    struct Armed {
        std::uint64_t writes = 0;  // until the crash; 0: none
        bool after = false;
    } armed;
};

class Simulator::NodeWorld final : public World {
public:
    NodeWorld(Simulator &simulator, std::size_t node)
        : m_simulator(simulator),
          m_node(node),
          m_random(mix(simulator.m_history.seed, (node << 32) + simulator.m_nodes[node]->generation))
    {
    }

    [[nodiscard]] std::int64_t wallMs() const override { return m_simulator.wallMs(m_node); }
    [[nodiscard]] std::int64_t steadyMs() const override { return m_simulator.m_nowMs - node().bootedMs; }
    [[nodiscard]] Id128 randomId() override { return m_random.id(); }
    void ask(const Peer &peer, Request request, std::int64_t limitMs, Answered answered) override
    {
        m_simulator.ask(m_node, peer, std::move(request), limitMs, std::move(answered));
    }
    TimerId after(std::int64_t delayMs, std::move_only_function<void()> call) override
    {
        Node &self = node();
        const TimerId id = ++self.lastTimer;
        self.timers.emplace(id, std::move(call));
        m_simulator.push(m_simulator.m_nowMs + std::max<std::int64_t>(delayMs, 0), m_node, self.generation,
                         [&self, id] {
                             auto found = self.timers.extract(id);
                             if (!found.empty())
                                 found.mapped()();
                         });
        return id;
    }
    void cancel(TimerId timer) override { node().timers.erase(timer); }

private:
    [[nodiscard]] Node &node() const { return *m_simulator.m_nodes[m_node]; }

    Simulator &m_simulator;
    const std::size_t m_node;
    Random m_random;
};

Simulator::Simulator(const History &history, Model &model)
    : m_history(history),
      m_model(model),
      m_random(mix(history.seed, 1)),
      m_weather(history.weather)
{
    for (std::size_t i = 0; i < history.nodes; ++i) {
        m_nodes.push_back(std::make_unique<Node>());
        m_nodes.back()->links.resize(history.nodes);
    }
}

Simulator::~Simulator()
{
    for (std::size_t i = 0; i < m_nodes.size(); ++i)
        crash(i);
}

std::optional<std::string> Simulator::run()
{
    for (std::size_t i = 0; i < m_nodes.size() && !m_broken; ++i)
        start(i);
    for (const Step &step : m_history.steps) {
        runUntil(step.atMs);
        if (m_broken)
            return m_broken;
        apply(step);
    }
    runUntil(std::max(m_history.lengthMs, m_nowMs));
    if (m_broken)
        return m_broken;
    heal();
    runUntil(m_nowMs + m_model.healMs());
    return m_broken ? m_broken : m_model.check(*this);
}

void Simulator::runUntil(std::int64_t atMs)
{
    while (!m_broken && !m_queue.empty() && m_queue.front().atMs <= atMs) {
        std::ranges::pop_heap(m_queue, [](const Event &a, const Event &b) {
            return std::tie(a.atMs, a.order) > std::tie(b.atMs, b.order);
        });
        Event event = std::move(m_queue.back());
        m_queue.pop_back();
        m_nowMs = event.atMs;
        if (++m_events > kMostEvents)
            return broken("the nodes never come to rest");
        if (event.generation == 0)
            event.call();
        else if (m_nodes[event.node]->generation == event.generation)
            guarded(event.node, event.call);
    }
    m_nowMs = std::max(m_nowMs, atMs);
}

void Simulator::push(std::int64_t atMs, std::size_t node, std::uint64_t generation,
                     std::move_only_function<void()> call)
{
    m_queue.push_back({atMs, ++m_order, node, generation, std::move(call)});
    std::ranges::push_heap(m_queue, [](const Event &a, const Event &b) {
        return std::tie(a.atMs, a.order) > std::tie(b.atMs, b.order);
    });
}

void Simulator::at(std::int64_t delayMs, std::move_only_function<void()> call)
{
    push(m_nowMs + delayMs, 0, 0, std::move(call));
}

void Simulator::broken(std::string promise)
{
    if (!m_broken)
        m_broken = std::move(promise);
}

// --- Nodes

void Simulator::start(std::size_t index)
{
    Node &node = *m_nodes[index];
    if (node.program)
        return;
    ++node.generation;
    node.bootedMs = m_nowMs;
    node.changedMs = m_nowMs;
    node.world = std::make_unique<NodeWorld>(*this, index);
    try {
        node.program = m_model.start(*this, index, *node.world);
    } catch (const Crash &) {
        node.waiting.clear();
        node.timers.clear();
        ++node.generation;
        at(kRestartMs, [this, index] { start(index); });
    }
}

void Simulator::crash(std::size_t index)
{
    Node &node = *m_nodes[index];
    if (!node.program)
        return;
    ++node.generation;
    node.changedMs = m_nowMs;
    node.waiting.clear();
    node.timers.clear();
    node.program.reset();
    node.world.reset();
    node.armed = {};
}

void Simulator::crashPoint(std::size_t index, bool written)
{
    Node::Armed &armed = m_nodes[index]->armed;
    if (armed.writes == 0 || armed.after != written || --armed.writes > 0)
        return;
    throw Crash();
}

void Simulator::guarded(std::size_t index, std::move_only_function<void()> &call)
{
    try {
        call();
    } catch (const Crash &) {
        crash(index);
        at(kRestartMs, [this, index] { start(index); });
    }
}

void Simulator::runOn(std::size_t node, const std::function<void()> &call)
{
    if (!isUp(node))
        return;
    std::move_only_function<void()> owned(call);
    guarded(node, owned);
}

void Simulator::apply(const Step &step)
{
    const std::size_t node = step.node % m_nodes.size();
    const std::size_t other = step.other % m_nodes.size();
    switch (step.kind) {
    case Step::Kind::Act: m_model.act(*this, step); break;
    case Step::Kind::Cut: setLink(node, other, false); break;
    case Step::Kind::Link:
        setLink(node, other, true);
        setLink(other, node, true);
        break;
    case Step::Kind::Isolate:
        for (std::size_t i = 0; i < m_nodes.size(); ++i) {
            setLink(node, i, i == node);
            setLink(i, node, i == node);
        }
        break;
    case Step::Kind::LinkAll:
        for (std::size_t i = 0; i < m_nodes.size(); ++i)
            for (std::size_t k = 0; k < m_nodes.size(); ++k)
                setLink(i, k, true);
        break;
    case Step::Kind::Crash: crash(node); break;
    case Step::Kind::CrashAtWrite: m_nodes[node]->armed = {step.a + 1, step.b % 2 == 1}; break;
    case Step::Kind::Restart: start(node); break;
    case Step::Kind::Clock: m_nodes[node]->clockMs = step.value; break;
    case Step::Kind::LoseDisk: {
        const bool wasUp = isUp(node);
        crash(node);
        static_cast<void>(m_model.loseDisk(node));
        if (wasUp)
            start(node);
        break;
    }
    case Step::Kind::Later: m_laterMs += step.value; break;
    }
}

void Simulator::heal()
{
    m_healed = true;
    m_weather = {0, 0, 0, m_history.weather.usualMs, m_history.weather.slowMs};
    for (std::size_t i = 0; i < m_nodes.size(); ++i) {
        m_nodes[i]->armed = {};
        m_nodes[i]->clockMs = 0;
        for (std::size_t k = 0; k < m_nodes.size(); ++k)
            setLink(i, k, true);
    }
    for (std::size_t i = 0; i < m_nodes.size(); ++i)
        start(i);
    m_model.healed(*this);
}

void Simulator::setLink(std::size_t from, std::size_t to, bool linked)
{
    Node::Link &link = m_nodes[from]->links[to];
    if (link.up != linked)
        link.changedMs = m_nowMs;
    link.up = linked;
}

std::optional<std::size_t> Simulator::nodeAt(std::string_view endpoint) const
{
    if (!endpoint.starts_with(kScheme))
        return std::nullopt;
    endpoint.remove_prefix(kScheme.size());
    std::size_t node = 0;
    const auto read = std::from_chars(endpoint.begin(), endpoint.end(), node);
    return read.ec == std::errc() && node < m_nodes.size() ? std::optional(node) : std::nullopt;
}

std::string Simulator::endpointOf(std::size_t node)
{
    return std::string(kScheme) + std::to_string(node);
}

std::int64_t Simulator::wallMs(std::size_t node) const
{
    return kEpochMs + m_laterMs + m_nowMs + m_nodes[node]->clockMs;
}

bool Simulator::isUp(std::size_t node) const
{
    return m_nodes[node]->program != nullptr;
}

Program *Simulator::program(std::size_t node) const
{
    return m_nodes[node]->program.get();
}

bool Simulator::isLinked(std::size_t from, std::size_t to) const
{
    return m_nodes[from]->links[to].up;
}

std::int64_t Simulator::changedMs(std::size_t from, std::size_t to) const
{
    return std::max({m_nodes[from]->changedMs, m_nodes[to]->changedMs, m_nodes[from]->links[to].changedMs,
                     m_nodes[to]->links[from].changedMs});
}

// --- Messages

std::optional<std::int64_t> Simulator::travelMs(std::size_t from, std::size_t to, Leg leg)
{
    Node::Link &link = m_nodes[from]->links[to];
    // Of the link and how much went over it, not of all that happened before: what is left of a history that
    // is being shrunk then goes on much as it did.
    Random fate(mix(m_history.seed, mix(from * m_nodes.size() + to, link.sent++)));
    ++m_messages;
    if (!link.up || (leg != Leg::Double && fate.chance(m_weather.lostPermille)))
        return std::nullopt;
    const bool slow = fate.chance(m_weather.slowPermille);
    return fate.between(1, slow ? m_weather.slowMs : m_weather.usualMs);
}

void Simulator::ask(std::size_t from, const Peer &peer, Request request, std::int64_t limitMs,
                    World::Answered answered)
{
    begin(from, nodeAt(peer.endpoint), peer.certificate, {}, std::move(request), limitMs,
          [answered = std::move(answered)](Result<Answer> result, const Word &) mutable {
              answered(std::move(result));
          });
}

void Simulator::carry(std::size_t from, std::size_t to, std::int64_t limitMs, Opened opened, Said answered)
{
    begin(from, to, {}, std::move(opened), cluster::rules::Beat{}, limitMs,
          [answered = std::move(answered)](Result<Answer> result, Word word) mutable {
              answered(result ? Result<Word>(std::move(word)) : failure(std::move(result.error())));
          });
}

void Simulator::begin(std::size_t from, std::optional<std::size_t> to, std::string certificate, Opened opened,
                      Request request, std::int64_t limitMs, Waiting waiting)
{
    Node &node = *m_nodes[from];
    const std::uint64_t id = ++m_exchanges;
    node.waiting.emplace(id, std::move(waiting));
    if (!to || (!isUp(*to) && isLinked(from, *to) && isLinked(*to, from))) {
        push(m_nowMs + kRefusedMs, from, node.generation,
             [this, from, id] { finish(from, id, failure(Error::Closed, "the connection was refused")); });
        return;
    }
    push(m_nowMs + limitMs, from, node.generation,
         [this, from, id] { finish(from, id, failure(Error::TimedOut, "no answer in time")); });

    Exchange exchange{id, node.generation, *to, std::move(certificate), {}, std::move(opened)};
    if (node.program)
        exchange.caller = node.program->caller();
    exchange.caller.node = from;
    const auto shared = std::make_shared<const Exchange>(std::move(exchange));
    if (Random(mix(m_history.seed ^ id, 7)).chance(m_weather.doubledPermille))
        send(shared, cloneOf(request), Leg::Double);
    send(shared, std::move(request), Leg::Request);
}

void Simulator::send(const ExchangePtr &exchange, Request request, Leg leg)
{
    const auto travel = travelMs(exchange->caller.node, exchange->to, leg);
    if (!travel)
        return;
    push(m_nowMs + *travel, 0, 0,
         [this, exchange, request = std::move(request)]() mutable { deliver(exchange, std::move(request)); });
}

void Simulator::deliver(const ExchangePtr &exchange, Request request)
{
    const std::size_t to = exchange->to;
    if (!isUp(to) || !isLinked(exchange->caller.node, to))
        return;
    if (!exchange->certificate.empty() && program(to)->caller().certificate != exchange->certificate) {
        answer(exchange, failure(Error::Closed, "it shows another certificate"));
        return;
    }
    const std::uint64_t generation = m_nodes[to]->generation;
    std::move_only_function<void()> call = [&] {
        if (exchange->opened) {
            exchange->opened(*program(to), [this, exchange](Result<Word> word) {
                if (word)
                    answer(exchange, Answer(cluster::rules::BeatAnswer()), std::move(*word));
                else
                    answer(exchange, failure(std::move(word.error())));
            });
            return;
        }
        program(to)->handle(exchange->caller, std::move(request),
                            [this, exchange](Result<Answer> result) { answer(exchange, std::move(result)); });
    };
    guarded(to, call);
    if (m_nodes[to]->generation != generation && exchange->id % 2 == 0)
        answer(exchange, failure(Error::Closed, "the connection broke"));
}

void Simulator::answer(const ExchangePtr &exchange, Result<Answer> result, Word word)
{
    const std::size_t from = exchange->caller.node;
    const auto travel = travelMs(exchange->to, from, Leg::Answer);
    if (!travel)
        return;
    // Boxed, since an answer may be large and is moved about in the queue.
    push(m_nowMs + *travel, from, exchange->generation,
         [this, exchange, from, boxed = std::make_unique<Result<Answer>>(std::move(result)),
          word = std::move(word)]() mutable {
             if (isLinked(exchange->to, from))
                 finish(from, exchange->id, std::move(*boxed), std::move(word));
         });
}

void Simulator::finish(std::size_t index, std::uint64_t exchange, Result<Answer> result, Word word)
{
    auto found = m_nodes[index]->waiting.extract(exchange);
    if (!found.empty())
        found.mapped()(std::move(result), std::move(word));
}

}  // namespace maxiofs::sim
