package io.rollcall.server.transport;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.KnownLength;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.rollcall.server.failure.ReplyRoom;
import io.rollcall.server.identity.CallIdentity;
import io.rollcall.server.identity.IdentityListener;
import io.rollcall.server.watchdog.CheckIn;
import io.rollcall.server.watchdog.OutOfMemory;
import io.rollcall.server.watchdog.Watchdog;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tracks the sockets of open connections from their acceptance, so that a connection can be closed: gRPC lets a server
 * end a call, but not its connection.
 *
 * <pre>
 *   listener ──accepts──► noted here ──► gRPC sets up TLS and HTTP/2
 *                            ▲
 *   hang up ── (local, remote address) of a connection's attributes
 * </pre>
 *
 * <p>Uses native epoll if it is on the class path. Thread-safe.
 */
public final class OpenSockets implements AutoCloseable {
    /** Time for the last answers to be sent before a client that does not read is disconnected. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private record Ends(
            @Nullable SocketAddress local, @Nullable SocketAddress remote) {}

    private final int most;
    private final IdentityListener listener;
    private final HandshakeFailures failures;
    private final Map<Ends, Channel> open = new ConcurrentHashMap<>();
    private final EventLoopGroup acceptor = loops(1, "gateway-accept");
    private volatile @Nullable ByteBufAllocator allocator;
    private final EventLoopGroup eventLoops = loops(0, "gateway-net"); // 0: two per core

    /**
     * @param most the limit of open connections, with or without a finished handshake; connections above it are closed
     * @param listener notified of those and of failed handshakes
     * @param nanos the monotonic clock, for the rate of log lines
     */
    public OpenSockets(int most, IdentityListener listener, LongSupplier nanos) {
        this.most = most;
        this.listener = listener;
        this.failures = new HandshakeFailures(listener, nanos);
    }

    private static EventLoopGroup loops(int threads, String name) {
        IoHandlerFactory io = Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(name, true), io);
    }

    EventLoopGroup acceptor() {
        return acceptor;
    }

    EventLoopGroup eventLoops() {
        return eventLoops;
    }

    /** Returns a factory of listeners that track accepted sockets. */
    ChannelFactory<ServerChannel> listeners() {
        return () -> {
            ServerChannel listener =
                    Epoll.isAvailable() ? new EpollServerSocketChannel() : new NioServerSocketChannel();
            listener.pipeline().addFirst(new Noting());
            return listener;
        };
    }

    /**
     * Returns an action that closes a connection: sends GOAWAY (RFC 9113 §6.8), allows a second at most for the last
     * answers, and closes the socket. Never waits; idempotent.
     *
     * @param connection the attributes from gRPC
     */
    public Runnable hangUp(Attributes connection) {
        Ends ends = new Ends(
                connection.get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR), connection.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
        Channel channel = open.get(ends);
        return () -> {
            if (channel != null) { // null: closed meanwhile
                hangUp(channel);
            }
        };
    }

    private static void hangUp(Channel channel) {
        // Writes queued on the loop before this are sent first.
        channel.eventLoop().execute(() -> {
            var unusedGoodbye = channel.close();
            var unused = channel.eventLoop().schedule(() -> cut(channel), LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS);
        });
    }

    /** Bypasses all handlers: TLS and HTTP/2 would wait for the client. */
    private static void cut(Channel channel) {
        ChannelHandlerContext nearestToTheSocket = channel.pipeline().firstContext();
        if (channel.isOpen() && nearestToTheSocket != null) {
            var unused = nearestToTheSocket.close();
        }
    }

    /** Returns a check of the allocator that gRPC uses. */
    public ReplyRoom room() {
        return reply -> {
            ByteBufAllocator present = allocator;
            if (present != null && reply instanceof KnownLength known) {
                DirectMemory.require(present, known);
            }
        };
    }

    /** Makes each loop check in with the watchdog every second. */
    public void watchedBy(Watchdog watchdog) {
        watch(watchdog, acceptor, "gateway-accept");
        watch(watchdog, eventLoops, "gateway-net");
    }

    private static void watch(Watchdog watchdog, EventLoopGroup loops, String name) {
        for (EventExecutor loop : loops) {
            CheckIn checkIn = new CheckIn(name);
            watchdog.watch(checkIn);
            var unused = loop.scheduleWithFixedDelay(checkIn::here, 0, 1, TimeUnit.SECONDS);
        }
    }

    /** Ends the threads, after the server that uses them; does not wait. */
    @Override
    public void close() {
        var unusedAcceptor = acceptor.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        var unused = eventLoops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    /** The first handler of a listener, which receives each accepted socket as a message. */
    private final class Noting extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object accepted) {
            Channel channel = (Channel) accepted;
            if (open.size() >= most) {
                channel.unsafe().closeForcibly(); // not registered with an event loop yet
                listener.crowdedOut(CallIdentity.address(channel.remoteAddress()));
                return;
            }
            Ends ends = new Ends(channel.localAddress(), channel.remoteAddress());
            open.put(ends, channel);
            channel.closeFuture().addListener(closed -> open.remove(ends, channel));
            channel.pipeline().addFirst(new HandshakeWatch(failures));
            context.fireChannelRead(channel);
            allocator = channel.alloc(); // set by gRPC by now, the same for all
        }

        /** The acceptor is shared. */
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            OutOfMemory.endProcessIf(cause);
            context.fireExceptionCaught(cause);
        }
    }
}
