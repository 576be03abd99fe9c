package io.rollcall.adminui.https;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.adminui.TestTicker;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.io.ByteArrayEndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.junit.jupiter.api.Test;

/** Who has to go when there are too many, and who is late. */
class ClientConnectionsTest {
    private static final ClientLimits LIMITS = new ClientLimits(
            10, 4, 2, Duration.ofSeconds(10), Duration.ofSeconds(75), Duration.ofSeconds(5), Duration.ofSeconds(30));

    private final TestTicker ticker = new TestTicker();
    private final ClientConnections connections = new ClientConnections(LIMITS, ticker);

    private void pass(Duration time) {
        ticker.advance(time);
        connections.closeLate();
    }

    /** The next of an address, a millisecond after the one before. */
    private Socket open(String address) throws NoSuchAlgorithmException {
        ticker.advance(Duration.ofMillis(1));
        Socket socket = new Socket(address);
        connections.onOpened(socket.connection);
        return socket;
    }

    private List<Socket> open(String address, int count) throws NoSuchAlgorithmException {
        List<Socket> opened = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            opened.add(open(address));
        }
        return opened;
    }

    private static List<Boolean> areOpen(List<Socket> sockets) {
        return sockets.stream().map(socket -> socket.isOpen).toList();
    }

    @Test
    void oneTooManyOfANetwork_closesItsOldest() throws Exception {
        Socket other = open("192.0.2.2");
        List<Socket> sockets = open("192.0.2.1", 6);
        assertThat(areOpen(sockets)).containsExactly(false, false, true, true, true, true);
        assertThat(other.isOpen).isTrue();
    }

    /** Planted bug: the oldest of all went. */
    @Test
    void oneTooManyInAll_closesTheOldestOfTheFullestNetwork() throws Exception {
        Socket alone = open("192.0.2.1");
        List<Socket> four = open("192.0.2.2", 4);
        List<Socket> three = open("192.0.2.3", 3);
        open("192.0.2.4", 3);
        assertThat(alone.isOpen).isTrue();
        assertThat(areOpen(four)).containsExactly(false, true, true, true);
        assertThat(areOpen(three)).containsOnly(true);
    }

    /** Planted bug: trust did not take a connection out of the count. */
    @Test
    void whoHasSignedIn_isNeverClosedForOthers_upToALimit() throws Exception {
        List<Socket> signedIn = open("192.0.2.1", 3);
        for (Socket socket : signedIn) {
            connections
                    .begin(socket.connection, new PendingRequest(ticker.read()))
                    .orElseThrow()
                    .trust();
        }
        open("192.0.2.1", 20);
        assertThat(areOpen(signedIn)).containsExactly(true, true, false);
    }

    /** Planted bug: the oldest went, however many requests another had. */
    @Test
    void requests_count_andWhoHasManyGoesFirst() throws Exception {
        Socket quiet = open("192.0.2.1");
        Socket greedy = open("192.0.2.1");
        for (int i = 0; i < 3; i++) {
            connections.begin(greedy.connection, new PendingRequest(ticker.read()));
        }
        assertThat(quiet.isOpen)
                .as("1 + 1 + 3 are one too many, and it is the oldest")
                .isFalse();
        assertThat(greedy.isOpen).isTrue();

        ClientConnections roomy = new ClientConnections(
                new ClientLimits(
                        100, 20, 2, LIMITS.firstRequest(), LIMITS.nextRequest(), LIMITS.body(), LIMITS.answer()),
                ticker);
        Socket old = new Socket("192.0.2.1");
        roomy.onOpened(old.connection);
        Socket young = new Socket("192.0.2.1");
        roomy.onOpened(young.connection);
        ticker.advance(Duration.ofMillis(1));
        for (int i = 0; i < 19; i++) {
            roomy.begin(young.connection, new PendingRequest(ticker.read()));
        }
        assertThat(old.isOpen).isTrue();
        assertThat(young.isOpen).isFalse();
    }

    /** Planted bug: whoever waited for the console longest had to go. */
    @Test
    void whoWaitsForTheConsole_staysUntilItHasAnswered() throws Exception {
        Socket asks = open("192.0.2.1");
        PendingRequest request = new PendingRequest(ticker.read());
        connections.begin(asks.connection, request);
        connections.read(request);
        open("192.0.2.1", 20);
        pass(Duration.ofHours(1));
        assertThat(asks.isOpen).isTrue();

        connections.handled(request);
        open("192.0.2.1", 20);
        assertThat(asks.isOpen).isFalse();
    }

    @Test
    void whatHasEnded_countsNoMore() throws Exception {
        for (int i = 0; i < 50; i++) {
            Socket socket = open("192.0.2.1");
            PendingRequest request = new PendingRequest(ticker.read());
            ClientConnection client =
                    connections.begin(socket.connection, request).orElseThrow();
            connections.end(client, request);
            connections.onClosed(socket.connection);
            assertThat(socket.isOpen).isTrue();
        }
        assertThat(areOpen(open("192.0.2.1", 4))).containsOnly(true);
    }

    @Test
    void whoNeverAsks_isClosed_howeverMuchItSends() throws Exception {
        Socket silent = open("192.0.2.1");
        pass(Duration.ofSeconds(10));
        assertThat(silent.isOpen).isTrue();
        pass(Duration.ofSeconds(1));
        assertThat(silent.isOpen).isFalse();
        assertThat(connections.begin(silent.connection, new PendingRequest(ticker.read())))
                .isEmpty();
    }

    /** Planted bug: for people who had signed in, no time for a body. */
    @Test
    void bodyThatDoesNotEnd_isCutOff_ofSignedInPeopleToo() throws Exception {
        Socket socket = open("192.0.2.1");
        connections
                .begin(socket.connection, new PendingRequest(ticker.read()))
                .orElseThrow()
                .trust();
        pass(Duration.ofSeconds(5));
        assertThat(socket.isOpen).isTrue();
        pass(Duration.ofSeconds(1));
        assertThat(socket.isOpen).isFalse();
    }

    @Test
    void answerThatNobodyTakes_isCutOff_butForPeopleWhoSignedIn() throws Exception {
        Socket stranger = open("192.0.2.1");
        Socket person = open("192.0.2.1");
        for (Socket socket : List.of(stranger, person)) {
            PendingRequest request = new PendingRequest(ticker.read());
            ClientConnection client =
                    connections.begin(socket.connection, request).orElseThrow();
            connections.read(request);
            connections.handled(request);
            if (socket == person) {
                client.trust();
            }
        }
        pass(Duration.ofSeconds(31));
        assertThat(stranger.isOpen).isFalse();
        assertThat(person.isOpen).isTrue();
    }

    @Test
    void connectionBetweenTwoRequests_mayWaitLonger() throws Exception {
        Socket socket = open("192.0.2.1");
        PendingRequest request = new PendingRequest(ticker.read());
        connections.end(connections.begin(socket.connection, request).orElseThrow(), request);
        pass(Duration.ofSeconds(75));
        assertThat(socket.isOpen).isTrue();
        pass(Duration.ofSeconds(1));
        assertThat(socket.isOpen).isFalse();
    }

    /** A connection with TLS whose end the test sees. */
    private static final class Socket {
        final SslConnection connection;
        boolean isOpen = true;

        Socket(String address) throws NoSuchAlgorithmException {
            ByteArrayEndPoint end = new ByteArrayEndPoint() {
                @Override
                public SocketAddress getRemoteSocketAddress() {
                    return new InetSocketAddress(address, 4711);
                }

                @Override
                public void doClose() {
                    super.doClose();
                    isOpen = false;
                }
            };
            connection = new SslConnection(
                    new ArrayByteBufferPool(),
                    Runnable::run,
                    end,
                    SSLContext.getDefault().createSSLEngine());
        }
    }
}
