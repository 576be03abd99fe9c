package io.rollcall.server.system;

import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.rollcall.server.system.ServedMethods.Served;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One call of any method, and all that came back: answers and refusal, as text in which something can be looked for.
 */
final class AnyCall extends ClientCall.Listener<byte[]> {
    static final MethodDescriptor.Marshaller<byte[]> BYTES = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    private final ClientCall<byte[], byte[]> call;
    private final StringBuffer heard = new StringBuffer();
    private final CompletableFuture<Status> end = new CompletableFuture<>();

    private AnyCall(ClientCall<byte[], byte[]> call) {
        this.call = call;
    }

    /** Sends one request; a client's stream stays open. */
    static AnyCall begin(Channel channel, Served method, Message request) {
        boolean isStreaming = method.descriptor().isClientStreaming();
        MethodDescriptor.MethodType type = method.isStream()
                ? isStreaming
                        ? MethodDescriptor.MethodType.BIDI_STREAMING
                        : MethodDescriptor.MethodType.SERVER_STREAMING
                : MethodDescriptor.MethodType.UNARY;
        AnyCall any = new AnyCall(channel.newCall(
                MethodDescriptor.newBuilder(BYTES, BYTES)
                        .setType(type)
                        .setFullMethodName(method.fullName())
                        .build(),
                CallOptions.DEFAULT.withDeadlineAfter(Duration.ofSeconds(20))));
        any.call.start(any, new Metadata());
        any.call.request(Integer.MAX_VALUE);
        any.call.sendMessage(request.toByteArray());
        if (!isStreaming) {
            any.call.halfClose();
        }
        return any;
    }

    @Override
    public void onMessage(byte[] message) {
        heard.append(new String(message, StandardCharsets.ISO_8859_1)).append('\n');
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        heard.append(status).append(trailers);
        for (String key : trailers.keys()) {
            if (key.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
                byte[] value = trailers.get(Metadata.Key.of(key, Metadata.BINARY_BYTE_MARSHALLER));
                heard.append(new String(value, StandardCharsets.ISO_8859_1));
            }
        }
        end.complete(status);
    }

    /** Waits for the end. */
    Status.Code code() throws Exception {
        return end.get(30, TimeUnit.SECONDS).getCode();
    }

    /** Listens for a while, then ends what has not ended, and gives what came meanwhile. */
    String listen(Duration time) throws Exception {
        try {
            var unused = end.get(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            call.cancel("heard enough", null);
            var unused = end.get(30, TimeUnit.SECONDS);
        }
        return heard.toString();
    }
}
