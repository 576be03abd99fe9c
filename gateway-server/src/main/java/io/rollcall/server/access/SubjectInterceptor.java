package io.rollcall.server.access;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.rollcall.server.identity.Caller;
import io.rollcall.server.identity.grpc.CurrentCall;

/**
 * Refuses requests that concern a node on which their caller may not act. Checks each message of a call, streams
 * included. Runs right before the gateway's service, where requests are messages; further out they are bytes.
 */
public final class SubjectInterceptor implements ServerInterceptor {
    private final MethodPermissions permissions;

    public SubjectInterceptor(MethodPermissions permissions) {
        this.permissions = permissions;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        MethodPermissions.Rule rule = permissions.rule(call.getMethodDescriptor());
        ServerCall.Listener<Q> service = next.startCall(call, headers);
        FieldDescriptor subject = rule.subject();
        return subject == null ? service : new Concerned<>(service, CurrentCall.caller(), rule, subject);
    }

    private static final class Concerned<Q> extends ServerCall.Listener<Q> {
        private final ServerCall.Listener<Q> service;
        private final Caller caller;
        private final MethodPermissions.Rule rule;
        private final FieldDescriptor subject;

        Concerned(ServerCall.Listener<Q> service, Caller caller, MethodPermissions.Rule rule, FieldDescriptor subject) {
            this.service = service;
            this.caller = caller;
            this.rule = rule;
            this.subject = subject;
        }

        @Override
        public void onMessage(Q message) {
            int node = (Integer) ((Message) message).getField(subject);
            Access.requireMayConcern(rule.permission(), caller, subject.getName(), node);
            service.onMessage(message);
        }

        @Override
        public void onHalfClose() {
            service.onHalfClose();
        }

        @Override
        public void onReady() {
            service.onReady();
        }

        @Override
        public void onCancel() {
            service.onCancel();
        }

        @Override
        public void onComplete() {
            service.onComplete();
        }
    }
}
