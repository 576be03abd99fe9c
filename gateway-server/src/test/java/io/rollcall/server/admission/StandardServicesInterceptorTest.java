package io.rollcall.server.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.reflection.v1.ExtensionRequest;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the streams of health and reflection may be made to keep.
 *
 * <p>Planted bugs: names of any length; names within messages not looked at; unknown fields kept.
 */
class StandardServicesInterceptorTest {
    private static final String LONGEST = "x".repeat(StandardServicesInterceptor.LONGEST_NAME);

    private static @Nullable Message passed(Message request) {
        AtomicReference<Message> heard = new AtomicReference<>();
        ServerCall.Listener<Message> listener = new StandardServicesInterceptor()
                .interceptCall(null, new Metadata(), (call, headers) -> new ServerCall.Listener<Message>() {
                    @Override
                    public void onMessage(Message message) {
                        heard.set(message);
                    }
                });
        listener.onMessage(request);
        return heard.get();
    }

    private static ServerReflectionRequest.Builder reflection() {
        return ServerReflectionRequest.newBuilder();
    }

    private static ExtensionRequest extension(String type) {
        return ExtensionRequest.newBuilder()
                .setContainingType(type)
                .setExtensionNumber(7)
                .build();
    }

    private static Stream<Message> named(String name) {
        return Stream.of(
                HealthCheckRequest.newBuilder().setService(name).build(),
                reflection().setHost(name).build(),
                reflection().setFileByFilename(name).build(),
                reflection().setFileContainingSymbol(name).build(),
                reflection().setAllExtensionNumbersOfType(name).build(),
                reflection().setFileContainingExtension(extension(name)).build());
    }

    static Stream<Message> withLongestNames() {
        return named(LONGEST);
    }

    static Stream<Message> withLongerNames() {
        return named(LONGEST + "x");
    }

    @ParameterizedTest
    @MethodSource("withLongestNames")
    void requestsWithNames_passAsTheyAre(Message request) {
        assertThat(passed(request)).isEqualTo(request);
    }

    @ParameterizedTest
    @MethodSource("withLongerNames")
    void longerNames_areRefused_namingTheField(Message request) {
        assertThatThrownBy(() -> passed(request))
                .isInstanceOfSatisfying(RefusedException.class, refused -> assertThat(refused.refusal())
                        .isEqualTo(Refusal.BAD_FIELD))
                .hasMessageMatching(
                        "(service|host|file_by_filename|file_containing_symbol|all_extension_numbers_of_type|containing_type):"
                                + " 201 characters \\(expected: at most 200\\)");
    }

    @Test
    void fieldsThatNobodyKnows_areLeftOut_alsoWithinMessages() {
        UnknownFieldSet unknown = UnknownFieldSet.newBuilder()
                .addField(99, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                .build();
        ExtensionRequest inner = extension("x");
        assertThat(passed(reflection()
                        .setFileContainingExtension(
                                inner.toBuilder().setUnknownFields(unknown).build())
                        .setUnknownFields(unknown)
                        .build()))
                .isEqualTo(reflection().setFileContainingExtension(inner).build());
    }
}
