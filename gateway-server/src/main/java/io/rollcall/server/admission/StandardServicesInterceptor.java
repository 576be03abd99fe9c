package io.rollcall.server.admission;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.rollcall.server.failure.Refusal;
import java.util.Map;

/**
 * Bounds the requests of gRPC's standard services, health and reflection. Their streams keep the requested names, so
 * names are limited to {@value #LONGEST_NAME} characters, and unknown fields are dropped. Runs right before the
 * service, where requests are messages.
 *
 * <p>Thread-safe.
 */
public final class StandardServicesInterceptor implements ServerInterceptor {
    static final int LONGEST_NAME = 200;

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
            @Override
            @SuppressWarnings("unchecked") // the same message, or one of its own builder
            public void onMessage(Q message) {
                super.onMessage((Q) onlyWhatIsNeeded((Message) message));
            }
        };
    }

    /** @throws io.rollcall.server.failure.RefusedException if a name is too long */
    private static Message onlyWhatIsNeeded(Message message) {
        Message.Builder known = message.toBuilder().setUnknownFields(UnknownFieldSet.getDefaultInstance());
        for (Map.Entry<FieldDescriptor, Object> entry : message.getAllFields().entrySet()) {
            FieldDescriptor field = entry.getKey();
            if (entry.getValue() instanceof String name && name.length() > LONGEST_NAME) {
                throw Refusal.BAD_FIELD.because(field.getName() + ": " + name.length()
                        + " characters (expected: at most " + LONGEST_NAME + ")");
            }
            if (field.getJavaType() == JavaType.MESSAGE && !field.isRepeated()) {
                known.setField(field, onlyWhatIsNeeded((Message) entry.getValue()));
            }
        }
        return known.build();
    }
}
