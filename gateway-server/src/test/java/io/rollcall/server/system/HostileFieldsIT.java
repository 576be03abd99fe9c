package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.rollcall.devcerts.Member;
import io.rollcall.server.testing.HostileTokens;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.RegisterNodeRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a member with good credentials may write into a registration, and must not. Each is refused with its code, in
 * words that quote nothing of it; nothing changes, and no defect is logged.
 *
 * <p>Planted bug, and gRPC's own way: requests read in front of the interceptors.
 */
class HostileFieldsIT {
    private static final int ID = 3;
    private static final String MARK = HostileTokens.MARK;
    private static final MethodDescriptor<byte[], byte[]> REGISTER = MethodDescriptor.newBuilder(
                    AnyCall.BYTES, AnyCall.BYTES)
            .setType(MethodType.UNARY)
            .setFullMethodName(GatewayServiceGrpc.getRegisterNodeMethod().getFullMethodName())
            .build();
    private static final RegisterNodeRequest GOOD = RegisterNodeRequest.newBuilder()
            .setNodeId(ID)
            .setIpAddress("10.0.0.3")
            .setPort(5000)
            .build();

    @TempDir
    private static Path dir;

    private static GatewayProcess gateway;
    private static Bystanders bystanders;
    private static MemberChannel member;

    @BeforeAll
    static void start() throws Exception {
        gateway = GatewayProcess.start(dir, GatewayProcess.UNHURRIED);
        bystanders = new Bystanders(gateway);
        Member three = gateway.certs().namespace("alpha").node(ID);
        member = new MemberChannel(gateway, three.credential(), three.token());
    }

    @AfterAll
    static void stop() throws Exception {
        member.close();
        bystanders.close();
        gateway.close();
    }

    @AfterEach
    void nobodyElseNotices() {
        bystanders.assertUndisturbed();
    }

    /** A registration, as it goes out, and the code and reason that it comes back with. */
    record Case(String what, String expected, byte[] message) {
        @Override
        public String toString() {
            return what;
        }
    }

    private static Case bad(String what, UnaryOperator<RegisterNodeRequest.Builder> fault) {
        return new Case(
                what,
                "INVALID_ARGUMENT BAD_FIELD",
                fault.apply(GOOD.toBuilder()).build().toByteArray());
    }

    private static Case bytes(String what, ByteString behind) {
        return new Case(
                what,
                "INVALID_ARGUMENT BAD_MESSAGE",
                GOOD.toByteString().concat(behind).toByteArray());
    }

    static Stream<Case> hosts() {
        return Stream.of(
                        "",
                        "<script>" + MARK + "</script>",
                        "\"><img src=" + MARK + ">",
                        MARK + "; rm -rf /",
                        "$(" + MARK + ")",
                        "`" + MARK + "`",
                        "${jndi:ldap://" + MARK + "/x}",
                        "-rf",
                        "-oProxyCommand=" + MARK,
                        "../../" + MARK,
                        "http://" + MARK,
                        MARK + ":80@x",
                        "a " + MARK,
                        "a\n" + MARK,
                        MARK + "\0",
                        MARK + "\u202E",
                        "h\u00F6st",
                        "[::1",
                        "[node-7]",
                        "[10.0.0.7]",
                        "::1%\n" + MARK,
                        "%s%n" + MARK,
                        "=cmd|" + MARK,
                        "a".repeat(254))
                .map(host -> bad("host " + visible(host), it -> it.setIpAddress(host)));
    }

    static Stream<Case> numbers() {
        return Stream.of(
                bad("port 0", it -> it.setPort(0)),
                bad("port -1", it -> it.setPort(-1)),
                bad("port 65536", it -> it.setPort(65_536)),
                bad("the largest port", it -> it.setPort(Integer.MAX_VALUE)),
                bad("the smallest port", it -> it.setPort(Integer.MIN_VALUE)),
                bad("node 0", it -> it.setNodeId(0)),
                bad("node -3", it -> it.setNodeId(-3)),
                new Case(
                        "another node",
                        "PERMISSION_DENIED NOT_PERMITTED",
                        GOOD.toBuilder().setNodeId(4).build().toByteArray()),
                bad("a negative epoch", it -> it.setMemberOfEpoch(-1)),
                bad("a negative limit", it -> it.setNodesLimit(-1)));
    }

    static Stream<Case> words() {
        List<Case> cases = new ArrayList<>();
        for (String word : List.of(
                "\0",
                "\u0007",
                "\u001B[2J",
                "\r\nSet-Cookie: x",
                "\u007F",
                "\u0085",
                "\u202E",
                "\u2066",
                "\u200B",
                "\u200D",
                "\uFEFF",
                "\u00AD",
                "\u2028",
                "\u2029",
                "\uE000",
                "\uFFFF",
                Character.toString(0xE0041),
                Character.toString(0x10FFFF))) {
            String hostile = MARK + word + MARK;
            cases.add(bad("capability " + visible(hostile), it -> it.addCapabilities(hostile)));
            cases.add(bad("metadata key " + visible(hostile), it -> it.putMetadata(hostile, "x")));
            cases.add(bad("metadata value " + visible(hostile), it -> it.putMetadata("x", hostile)));
        }
        return cases.stream();
    }

    static Stream<Case> sizes() {
        return Stream.of(
                bad("an empty capability", it -> it.addCapabilities("")),
                bad("a long capability", it -> it.addCapabilities("x".repeat(129))),
                bad("65 capabilities", it -> it.addAllCapabilities(Collections.nCopies(65, "x"))),
                bad("10,000 capabilities", it -> it.addAllCapabilities(Collections.nCopies(10_000, "x"))),
                new Case(
                        "100,000 capabilities",
                        "RESOURCE_EXHAUSTED",
                        GOOD.toBuilder()
                                .addAllCapabilities(Collections.nCopies(100_000, "x"))
                                .build()
                                .toByteArray()),
                bad("an empty key", it -> it.putMetadata("", "x")),
                bad("a long key", it -> it.putMetadata("x".repeat(129), "x")),
                bad("a long value", it -> it.putMetadata("x", "x".repeat(1_025))),
                bad("a very long value", it -> it.putMetadata("x", MARK.repeat(7_000))),
                bad("65 entries", it -> entries(it, 65, 1)),
                bad("64 KiB of metadata", it -> entries(it, 60, 1_000)),
                new Case(
                        "a megabyte of metadata",
                        "RESOURCE_EXHAUSTED",
                        entries(GOOD.toBuilder(), 1_000, 1_000).build().toByteArray()));
    }

    private static RegisterNodeRequest.Builder entries(RegisterNodeRequest.Builder it, int count, int length) {
        IntStream.range(0, count).forEach(i -> it.putMetadata("key-" + i, "x".repeat(length)));
        return it;
    }

    /** What no protobuf library would send. */
    static Stream<Case> rawBytes() {
        List<Case> cases = new ArrayList<>();
        for (byte[] text : List.of(
                new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80}, // a lone surrogate
                new byte[] {(byte) 0xC0, (byte) 0x80}, // NUL the long way
                new byte[] {(byte) 0xE2, (byte) 0x82}, // cut short
                new byte[] {(byte) 0xFF, (byte) 0xFE},
                new byte[] {'h', '0', 's', 't', 'i', 'l', 'e', (byte) 0x80})) {
            String hex = java.util.HexFormat.of().formatHex(text);
            ByteString bad = ByteString.copyFrom(text);
            cases.add(bytes("host of bytes " + hex, field(2, bad)));
            cases.add(bytes("capability of bytes " + hex, field(4, bad)));
            cases.add(bytes("metadata key of bytes " + hex, field(5, field(1, bad))));
            cases.add(bytes("metadata value of bytes " + hex, field(5, field(2, bad))));
        }
        cases.add(bytes("a number without end", hex("08ffffffffffffffffffffff")));
        cases.add(bytes("a length beyond the end", hex("12ff7f")));
        cases.add(bytes("a negative length", hex("12ffffffffffffffffff01")));
        cases.add(bytes("field 0", hex("0200")));
        cases.add(bytes("a wire type that is none", hex("0f")));
        cases.add(bytes("the end of a group that never began", hex("0c")));
        cases.add(bytes("a group that never ends", hex("0b")));
        cases.add(bytes("groups without end", hex("7b".repeat(10_000))));
        cases.add(bytes("a tag cut short", hex("ff")));
        return cases.stream();
    }

    private static ByteString hex(String digits) {
        return ByteString.fromHex(digits);
    }

    private static ByteString field(int number, ByteString value) {
        return UnknownFieldSet.newBuilder()
                .addField(number, Field.newBuilder().addLengthDelimited(value).build())
                .build()
                .toByteString();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"hosts", "numbers", "words", "sizes", "rawBytes"})
    void aHostileRegistration_isRefused_andNotQuoted(Case bad) {
        StatusRuntimeException refusal = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> ClientCalls.blockingUnaryCall(
                        member.channel(),
                        REGISTER,
                        CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS),
                        bad.message()));

        assertThat(refusal).as("let in").isNotNull();
        assertThat(LongLivedClient.reason(refusal)).as(refusal.getMessage()).isEqualTo(bad.expected());
        assertThat(refusal.getStatus().getCode()).isNotIn(Status.Code.UNKNOWN, Status.Code.INTERNAL);
        assertThat(refusal.getMessage() + refusal.getTrailers()).doesNotContain(MARK);
    }

    private static String visible(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints()
                .limit(40)
                .forEach(c ->
                        shown.append(c >= ' ' && c < 0x7F ? Character.toString(c) : "U+" + Integer.toHexString(c)));
        return shown.toString();
    }
}
