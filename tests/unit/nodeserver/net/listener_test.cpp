// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/listener.h"

#include "support/test_runner.h"

#include <atomic>
#include <set>

namespace maxiofs::net {

class ListenerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void connectionsGoToTheThreadsInTurn();
    void takenPortIsRefused();
    void connectionBeyondTheCapIsClosed();
    void closedListenerRefuses();
};

namespace {

using boost::asio::ip::tcp;

class Clients {
public:
    /// False when nobody listens.
    bool connect(std::uint16_t port)
    {
        m_sockets.emplace_back(m_context);
        boost::system::error_code error;
        m_sockets.back().connect({boost::asio::ip::address_v4::loopback(), port}, error);
        return !error;
    }
    /// Waits until the server has closed the last connection.
    bool lastWasClosed()
    {
        char byte = 0;
        boost::system::error_code error;
        m_sockets.back().read_some(boost::asio::buffer(&byte, 1), error);
        return error == boost::asio::error::eof || error == boost::asio::error::connection_reset;
    }

private:
    boost::asio::io_context m_context;
    std::vector<tcp::socket> m_sockets;
};

ListenAddress anyLocalPort()
{
    return ListenAddress::parse("127.0.0.1:0").value();
}

// Keeps what a listener hands over.
struct Kept {
    base::Mutex mutex;
    std::set<unsigned> threads GUARDED_BY(mutex);
    std::vector<std::pair<TcpSocket, ConnectionCounter::Slot>> sockets GUARDED_BY(mutex);

    Listener::Accepted keeper()
    {
        return [this](IoThread &thread, TcpSocket socket, ConnectionCounter::Slot slot) {
            const base::MutexLock lock(mutex);
            if (thread.isCurrent())
                threads.insert(thread.index());
            sockets.emplace_back(std::move(socket), std::move(slot));
        };
    }
    std::size_t count()
    {
        const base::MutexLock lock(mutex);
        return sockets.size();
    }
    std::size_t threadCount()
    {
        const base::MutexLock lock(mutex);
        return threads.size();
    }
};

}  // namespace

void ListenerTest::connectionsGoToTheThreadsInTurn()
{
    IoThreads threads(3);
    ConnectionCounter counter({});
    Kept kept;
    Listener listener(threads, counter, kept.keeper());
    threads.start();
    QVERIFY(listener.open(anyLocalPort()).has_value());
    Clients clients;

    for (int i = 0; i < 6; ++i)
        QVERIFY(clients.connect(listener.port()));

    QTRY_COMPARE_WITH_TIMEOUT(kept.count(), std::size_t(6), 30'000);
    QCOMPARE(kept.threadCount(), std::size_t(3));
    listener.close();
}

void ListenerTest::takenPortIsRefused()
{
    IoThreads threads(1);
    ConnectionCounter counter({});
    Kept kept;
    Listener first(threads, counter, kept.keeper());
    QVERIFY(first.open(anyLocalPort()).has_value());
    ListenAddress taken = anyLocalPort();
    taken.port = first.port();

    Listener second(threads, counter, kept.keeper());
    const Status opened = second.open(taken);

    QVERIFY(!opened.has_value());
    QCOMPARE(opened.error().code, Error::Io);
}

void ListenerTest::connectionBeyondTheCapIsClosed()
{
    IoThreads threads(1);
    ConnectionCounter counter({.total = 10, .perAddress = 2, .exempt = {}});
    Kept kept;
    Listener listener(threads, counter, kept.keeper());
    threads.start();
    QVERIFY(listener.open(anyLocalPort()).has_value());
    Clients clients;
    QVERIFY(clients.connect(listener.port()));
    QVERIFY(clients.connect(listener.port()));
    QTRY_COMPARE_WITH_TIMEOUT(kept.count(), std::size_t(2), 30'000);

    QVERIFY(clients.connect(listener.port()));

    QVERIFY(clients.lastWasClosed());
    QCOMPARE(listener.refused(), std::uint64_t(1));
    QCOMPARE(counter.open(), std::size_t(2));
}

void ListenerTest::closedListenerRefuses()
{
    IoThreads threads(1);
    ConnectionCounter counter({});
    Kept kept;
    Listener listener(threads, counter, kept.keeper());
    threads.start();
    QVERIFY(listener.open(anyLocalPort()).has_value());
    const std::uint16_t port = listener.port();

    listener.close();

    Clients clients;
    QVERIFY(!clients.connect(port));
}

}  // namespace maxiofs::net

using maxiofs::net::ListenerTest;
MAXIOFS_TEST(ListenerTest)
#include "listener_test.moc"
