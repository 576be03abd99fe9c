package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.devcerts.Member;
import io.rollcall.server.testing.HostileTokens;
import io.rollcall.v1.RegisterNodeRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Calls that a member writes by hand, with good credentials: headers and messages that no gRPC client sends. Each ends
 * as it should, in words that quote nothing of it; nothing changes, and no defect is logged.
 *
 * <p>Planted bugs, each of them gRPC's own way: requests read in front of the interceptors, zipped ones unpacked there,
 * broken frames logged.
 */
@Timeout(60)
class HostileCallsIT {
    private static final int ID = 3;
    private static final String MARK = HostileTokens.MARK;
    private static final String REGISTER = "rollcall.v1.GatewayService/RegisterNode";
    private static final String STATS = "rollcall.v1.GatewayService/GetStats";
    private static final byte[] REGISTRATION = RegisterNodeRequest.newBuilder()
            .setNodeId(ID)
            .setIpAddress("10.0.0.3")
            .setPort(5000)
            .build()
            .toByteArray();

    @TempDir
    private static Path dir;

    private static GatewayProcess gateway;
    private static Bystanders bystanders;
    private static Member member;

    @BeforeAll
    static void start() throws Exception {
        gateway = GatewayProcess.start(dir, GatewayProcess.UNHURRIED);
        bystanders = new Bystanders(gateway);
        member = gateway.certs().namespace("alpha").node(ID);
    }

    @AfterAll
    static void stop() throws Exception {
        bystanders.close();
        gateway.close();
    }

    @AfterEach
    void nobodyElseNotices() {
        bystanders.assertUndisturbed();
    }

    /**
     * A registration with a fault.
     *
     * @param ends as {@link RawHttp2#endOf} says it
     * @param body all that comes in DATA
     */
    record Case(String what, Set<String> ends, List<Entry<String, String>> headers, byte[] body) {
        /** The same of a call that changes nothing, should it get through. */
        Case asking() {
            List<Entry<String, String>> asking = new ArrayList<>(headers);
            asking.replaceAll(
                    header -> header.getValue().equals("/" + REGISTER) ? Map.entry(":path", "/" + STATS) : header);
            return new Case(what, ends, asking, message(0, new byte[0]));
        }

        @Override
        public String toString() {
            return what;
        }
    }

    /** As a client would call, token and all. */
    private static List<Entry<String, String>> good() {
        List<Entry<String, String>> headers = new ArrayList<>(RawHttp2.usual(REGISTER));
        headers.add(Map.entry("authorization", "Bearer " + member.token()));
        return headers;
    }

    private static Case with(String what, String end, String name, String value) {
        List<Entry<String, String>> headers = good();
        headers.add(Map.entry(name, value));
        return new Case(what, Set.of(end), headers, message(0, REGISTRATION));
    }

    private static Case instead(String what, String end, String name, String value) {
        List<Entry<String, String>> headers = good();
        headers.replaceAll(header -> header.getKey().equals(name) ? Map.entry(name, value) : header);
        return new Case(what, Set.of(end), headers, message(0, REGISTRATION));
    }

    private static Case without(String what, String end, String name) {
        List<Entry<String, String>> headers = good();
        headers.removeIf(header -> header.getKey().equals(name));
        return new Case(what, Set.of(end), headers, message(0, REGISTRATION));
    }

    private static Case body(String what, String end, byte[] body) {
        return new Case(what, Set.of(end), good(), body);
    }

    /** A message with its prefix: flags, and the length in four bytes. */
    private static byte[] message(int flags, byte[] content) {
        return ByteBuffer.allocate(5 + content.length)
                .put((byte) flags)
                .putInt(content.length)
                .put(content)
                .array();
    }

    /** Malformed, says RFC 9113 §8.2 and §8.3; what netty passes on all the same, nobody here looks at. */
    static Stream<Case> headersThatHttpForbids() {
        return Stream.of(
                        with("a control character", "OK", "x-note", "a\u0001" + MARK),
                        with("a NUL", "OK", "x-note", MARK + "\0"),
                        with("line breaks", "OK", "x-note", "a\r\nset-cookie: " + MARK),
                        with("a name with a blank", "OK", "x note", MARK),
                        with("a name with a line break", "OK", "x\r\ny", MARK),
                        with("an empty name", "OK", "", MARK),
                        without("no scheme", "OK", ":scheme"),
                        with("a name in capitals", "reset", "X-Note", MARK),
                        with("a header of the connection", "reset", "connection", "close"),
                        with("a transfer encoding", "reset", "transfer-encoding", "chunked"),
                        with("a second path", "reset", ":path", "/" + MARK),
                        with("a pseudo-header that is none", "reset", ":" + MARK, "x"),
                        with("a pseudo-header after the others", "reset", ":scheme", "https"),
                        without("no path", "HTTP 404", ":path"),
                        without("no method", "HTTP 405", ":method"))
                .map(Case::asking);
    }

    static Stream<Case> headersThatGrpcForbids() {
        return Stream.of(
                without("no content type", "HTTP 415", "content-type"),
                instead("text", "HTTP 415", "content-type", "text/html"),
                instead("JSON", "HTTP 415", "content-type", "application/json"),
                instead("grpc-web", "HTTP 415", "content-type", "application/grpc-web"),
                instead("GET", "HTTP 405", ":method", "GET"),
                instead("a method of no protocol", "HTTP 405", ":method", "BREW"),
                instead("no slash", "HTTP 404", ":path", "rollcall.v1.GatewayService"),
                instead("an empty path", "reset", ":path", ""),
                instead("a star", "HTTP 404", ":path", "*"),
                with("a timeout in words", "reset", "grpc-timeout", MARK),
                with("an empty timeout", "reset", "grpc-timeout", ""),
                with("a timeout without unit", "reset", "grpc-timeout", "1"),
                with("a timeout of a unit that is none", "reset", "grpc-timeout", "1X"),
                with("a negative timeout", "reset", "grpc-timeout", "-1S"),
                with("a timeout of too many digits", "reset", "grpc-timeout", "999999999999S"));
    }

    static Stream<Case> methods() {
        String unknown = "UNIMPLEMENTED METHOD_UNKNOWN";
        return Stream.of(
                instead("a slash", unknown, ":path", "/"),
                instead("slashes", unknown, ":path", "//"),
                instead("a service without method", unknown, ":path", "/rollcall.v1.GatewayService/"),
                instead("a slash behind", unknown, ":path", "/" + REGISTER + "/"),
                instead("two slashes in front", unknown, ":path", "//" + REGISTER),
                instead("a small letter", unknown, ":path", "/rollcall.v1.GatewayService/registerNode"),
                instead("a query", unknown, ":path", "/" + REGISTER + "?" + MARK),
                instead("dots", unknown, ":path", "/x/../" + REGISTER),
                instead("percent-encoding", unknown, ":path", "/rollcall.v1.GatewayService/%52egisterNode"),
                instead("markup", unknown, ":path", "/<script>" + MARK + "</script>/x"),
                instead("a very long path", unknown, ":path", "/" + MARK.repeat(400)));
    }

    static Stream<Case> credentials() {
        String token = "Bearer " + member.token();
        return Stream.of(
                instead("a token with a NUL behind", "UNAUTHENTICATED TOKEN_MALFORMED", "authorization", token + "\0"),
                instead(
                        "a token with a control character",
                        "UNAUTHENTICATED TOKEN_MALFORMED",
                        "authorization",
                        token + "\u0001"),
                instead("a token with a tab", "UNAUTHENTICATED TOKEN_MALFORMED", "authorization", token + "\t"),
                instead("a token beyond ASCII", "UNAUTHENTICATED TOKEN_MALFORMED", "authorization", token + "\u00E9"),
                with("a second token", "UNAUTHENTICATED TOKEN_MALFORMED", "authorization", "Bearer " + MARK),
                without("no token", "UNAUTHENTICATED TOKEN_MISSING", "authorization"));
    }

    static Stream<Case> encodings() throws IOException {
        byte[] zipped = message(1, gzip(REGISTRATION));
        return Stream.of(
                with("a compression that nobody knows", "UNIMPLEMENTED", "grpc-encoding", "snappy"),
                withBody("zipped that is not", "INVALID_ARGUMENT BAD_MESSAGE", "gzip", message(1, MARK.getBytes())),
                withBody("zipped that ends early", "INVALID_ARGUMENT BAD_MESSAGE", "gzip", message(1, new byte[] {
                    31, -117, 8
                })),
                withBody("a bomb", "INVALID_ARGUMENT BAD_MESSAGE", "gzip", message(1, gzip(new byte[32 << 20]))),
                withBody("zipped, but said to be plain", "INTERNAL", "identity", zipped),
                body("zipped, but not said so", "INTERNAL", zipped),
                body("flags that are none", "INTERNAL", message(0x82, REGISTRATION)));
    }

    private static Case withBody(String what, String end, String encoding, byte[] body) {
        return new Case(
                what, Set.of(end), with(what, end, "grpc-encoding", encoding).headers(), body);
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
            out.write(content);
        }
        return zipped.toByteArray();
    }

    static Stream<Case> messages() {
        byte[] good = message(0, REGISTRATION);
        byte[] twice = ByteBuffer.allocate(2 * good.length).put(good).put(good).array();
        return Stream.of(
                body("no message", "INTERNAL", new byte[0]),
                body("half a prefix", "INTERNAL", new byte[] {0, 0, 0}),
                body("a message cut short", "INTERNAL", java.util.Arrays.copyOf(good, good.length - 1)),
                body("something behind the message", "INTERNAL", java.util.Arrays.copyOf(good, good.length + 3)),
                body("two messages", "INTERNAL", twice),
                body("a gigabyte, it says", "RESOURCE_EXHAUSTED", new byte[] {0, 0x40, 0, 0, 0}),
                body("a negative length", "RESOURCE_EXHAUSTED", new byte[] {0, -1, -1, -1, -1}),
                body("64 KiB and a byte", "RESOURCE_EXHAUSTED", message(0, new byte[(64 << 10) + 1])),
                body("no protobuf", "INVALID_ARGUMENT BAD_MESSAGE", message(0, new byte[] {-1, -1, -1})));
    }

    static Stream<Case> largeHeaders() {
        List<Entry<String, String>> many = good();
        for (int i = 0; i < 300; i++) {
            many.add(Map.entry("x-" + i, "x"));
        }
        return Stream.of(
                with("a large header", "HTTP 431", "x-note", MARK.repeat(1_200)),
                new Case("many headers", Set.of("HTTP 431"), many, message(0, REGISTRATION)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({
        "headersThatHttpForbids",
        "headersThatGrpcForbids",
        "methods",
        "credentials",
        "encodings",
        "messages",
        "largeHeaders"
    })
    void aHostileCall_endsAsItShould_andIsNotQuoted(Case bad) throws Exception {
        try (RawHttp2 connection = new RawHttp2(gateway, member).begin()) {
            send(connection, 1, bad.headers(), bad.body());

            assertThat(connection.endOf(1)).as("%s: %s", bad, connection.said()).isIn(bad.ends());
            assertThat(connection.said())
                    .doesNotContain(MARK)
                    .doesNotContain("Exception")
                    .doesNotContain("io.grpc");
        }
    }

    /** What all of these are but for their fault. */
    @Test
    void theSameWithoutFault_isAnswered() throws Exception {
        try (RawHttp2 connection = new RawHttp2(gateway, member).begin()) {
            Case faultless = new Case("", Set.of(), good(), new byte[0]).asking();
            send(connection, 1, faultless.headers(), faultless.body());
            assertThat(connection.endOf(1)).isEqualTo("OK");
        }
    }

    /** HTTP/2 allows it (RFC 9113 §6.1). */
    @Test
    void dataWithoutContent_beforeTheMessage_isPassedOver() throws Exception {
        try (RawHttp2 connection = new RawHttp2(gateway, member).begin()) {
            Case faultless = new Case("", Set.of(), good(), new byte[0]).asking();
            connection
                    .frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, RawHttp2.block(faultless.headers()))
                    .frame(RawHttp2.DATA, 0, 1, new byte[0])
                    .frame(RawHttp2.DATA, RawHttp2.END_STREAM, 1, faultless.body())
                    .flush();
            assertThat(connection.endOf(1)).as(connection.said()).isEqualTo("OK");
        }
    }

    @Test
    void aRequestThatIsZipped_isAnswered() throws Exception {
        try (RawHttp2 connection = new RawHttp2(gateway, member).begin()) {
            List<Entry<String, String>> headers =
                    with("", "", "grpc-encoding", "gzip").asking().headers();
            send(connection, 1, headers, message(1, gzip(new byte[0])));
            assertThat(connection.endOf(1)).isEqualTo("OK");
        }
    }

    private static void send(RawHttp2 connection, int stream, List<Entry<String, String>> headers, byte[] body)
            throws IOException {
        connection.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, stream, RawHttp2.block(headers));
        int frame = 16 << 10; // the largest that may be sent unasked
        for (int at = 0; at < body.length; at += frame) {
            connection.frame(
                    RawHttp2.DATA,
                    0,
                    stream,
                    java.util.Arrays.copyOfRange(body, at, Math.min(body.length, at + frame)));
        }
        connection
                .frame(RawHttp2.DATA, RawHttp2.END_STREAM, stream, new byte[0])
                .flush();
    }
}
