package io.rollcall.server.system;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.rollcall.devcerts.Member;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Set;
import java.util.TreeMap;

/**
 * Many streams of one member that stay open, each of {@value #TO_A_CONNECTION} to a connection, by a client that grants
 * no window for replies (RFC 9113 §6.9.2: an initial window of 0) unless it is told to. Used by one thread.
 */
final class HeldStreams implements AutoCloseable {
    static final int TO_A_CONNECTION = 100;

    private static final int INITIAL_WINDOW_SIZE = 4;
    private static final int FRAME_BYTES = 16_384;
    private static final int WINDOW_BYTES = 65_535;
    private static final int NO_WINDOW = 0;
    private static final int PREFIX_BYTES = 5;

    private final GatewayProcess gateway;
    private final Member member;
    private final List<Held> connections = new ArrayList<>();
    private final Map<String, Integer> ends = new TreeMap<>();
    private int opened;

    HeldStreams(GatewayProcess gateway, Member member) {
        this.gateway = gateway;
        this.member = member;
    }

    /** One connection, its streams that are open, and what decodes the gateway's headers on it. */
    private static final class Held {
        private final RawHttp2 wire;
        private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);
        private final Set<Integer> open = new HashSet<>();
        private int begun;
        private int unsettled;

        Held(RawHttp2 wire) {
            this.wire = wire;
        }
    }

    /** What a stream opens with. */
    record Opening(String method, Map<String, String> headers, byte[] message, boolean isWhole, int window) {
        /** With a request that is whole, so that nothing more of it comes, and no window. */
        static Opening asking(String method, Map<String, String> headers, byte[] message) {
            return new Opening(method, headers, message, true, NO_WINDOW);
        }

        /** With a first request, after which others may come, and no window. */
        static Opening talking(String method, Map<String, String> headers, byte[] message) {
            return new Opening(method, headers, message, false, NO_WINDOW);
        }

        /** The same by a client that grants so much, and reads nothing. */
        Opening withWindow(int bytes) {
            return new Opening(method, headers, message, isWhole, bytes);
        }
    }

    /** Opens as many more, and returns once the gateway has seen them all. */
    void open(Opening opening, int count) throws Exception {
        byte[] headers = RawHttp2.call(opening.method(), opening.headers());
        byte[] message = ByteBuffer.allocate(PREFIX_BYTES + opening.message().length)
                .put((byte) 0)
                .putInt(opening.message().length)
                .put(opening.message())
                .array();
        for (int left = count; left > 0; ) {
            Held held = connection(opening.window());
            int now = Math.min(left, TO_A_CONNECTION - held.begun);
            for (int i = 0; i < now; i++) {
                int stream = 2 * held.begun++ + 1;
                held.open.add(stream);
                held.wire.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, stream, headers);
                data(held, stream, message, opening.isWhole());
            }
            opened += now;
            left -= now;
            settle(held);
        }
    }

    /** Keeps to the frame size and the window that a connection begins with (RFC 9113 §4.2, §6.9.2). */
    private void data(Held held, int stream, byte[] message, boolean isWhole) throws IOException, Http2Exception {
        for (int from = 0; from < message.length; from += FRAME_BYTES) {
            int to = Math.min(message.length, from + FRAME_BYTES);
            int flags = isWhole && to == message.length ? RawHttp2.END_STREAM : 0;
            held.wire.frame(RawHttp2.DATA, flags, stream, Arrays.copyOfRange(message, from, to));
        }
        if (message.length * TO_A_CONNECTION > WINDOW_BYTES) {
            settle(held);
        }
    }

    /** Sends this on every open stream. */
    void say(byte[] messages) throws IOException, Http2Exception {
        for (Held held : connections) {
            for (int stream : held.open) {
                held.wire.frame(RawHttp2.DATA, 0, stream, messages);
            }
            settle(held);
        }
    }

    private Held connection(int window) throws Exception {
        if (!connections.isEmpty() && connections.get(connections.size() - 1).begun < TO_A_CONNECTION) {
            return connections.get(connections.size() - 1);
        }
        return connect(window);
    }

    private Held connect(int window) throws Exception {
        Held held = new Held(new RawHttp2(gateway, member));
        byte[] settings = ByteBuffer.allocate(6)
                .putShort((short) INITIAL_WINDOW_SIZE)
                .putInt(window)
                .array();
        held.wire.raw(RawHttp2.PREFACE).frame(RawHttp2.SETTINGS, 0, 0, settings).flush();
        held.unsettled++;
        connections.add(held);
        return held;
    }

    /** Takes in all that came, on all connections. */
    void settle() throws IOException, Http2Exception {
        for (Held held : connections) {
            settle(held);
        }
    }

    private void settle(Held held) throws IOException, Http2Exception {
        held.wire.frame(RawHttp2.SETTINGS, 0, 0, new byte[0]).flush(); // pings would soon be too many
        for (held.unsettled++; held.unsettled > 0; ) {
            RawHttp2.Frame frame = held.wire.read();
            if (frame.type() == RawHttp2.SETTINGS && (frame.flags() & RawHttp2.ACK) != 0) {
                held.unsettled--;
            }
            if (frame.type() == RawHttp2.GO_AWAY) {
                throw new AssertionError("cut off: " + new String(frame.payload(), StandardCharsets.ISO_8859_1));
            }
            if (frame.type() == RawHttp2.HEADERS) {
                Http2Headers headers =
                        held.decoder.decodeHeaders(frame.stream(), Unpooled.wrappedBuffer(frame.payload()));
                if ((frame.flags() & RawHttp2.END_STREAM) != 0 && held.open.remove(frame.stream())) {
                    ends.merge(RawHttp2.codeAndReason(headers), 1, Integer::sum);
                }
            } else if (frame.type() == RawHttp2.RST_STREAM && held.open.remove(frame.stream())) {
                ends.merge("reset", 1, Integer::sum);
            }
        }
    }

    /** How many were begun. */
    int opened() {
        return opened;
    }

    /** How many the gateway has not ended. */
    int held() {
        return connections.stream().mapToInt(held -> held.open.size()).sum();
    }

    /** How the others ended: code, reason, and how many. */
    Map<String, Integer> ends() {
        return ends;
    }

    static Entry<String, String> bearer(Member member) {
        return Map.entry("authorization", "Bearer " + member.token());
    }

    @Override
    public void close() throws IOException {
        for (Held held : connections) {
            held.wire.close();
        }
    }
}
