package io.rollcall.server.registry.grpc;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.rollcall.server.registry.NamespaceState;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Sets the common fields of every reply: the registry and the state that it describes.
 *
 * <pre>
 *   revision, epoch, registry_id, branch   in every reply and watch message
 *   registry_version                       in older replies: the revision, held at 2147483647 once it outgrows it
 *   term                                   where the leader matters: the term on record; 0: none
 * </pre>
 *
 * They are set by name, since generated builders share no type: any of these fields that a reply has is set. Any
 * thread.
 */
public final class ReplyEnvelope {
    private static final Map<Descriptor, Fields> FIELDS = new ConcurrentHashMap<>();

    private final String registryId;

    /** @param registryId of the registry that all replies describe */
    public ReplyEnvelope(String registryId) {
        this.registryId = registryId;
    }

    private record Fields(
            FieldDescriptor revision,
            FieldDescriptor epoch,
            FieldDescriptor registryId,
            FieldDescriptor branch,
            @Nullable FieldDescriptor registryVersion,
            @Nullable FieldDescriptor term) {

        static Fields of(Descriptor reply) {
            return new Fields(
                    required(reply, "revision"),
                    required(reply, "epoch"),
                    required(reply, "registry_id"),
                    required(reply, "branch"),
                    reply.findFieldByName("registry_version"),
                    reply.findFieldByName("term"));
        }

        private static FieldDescriptor required(Descriptor reply, String name) {
            FieldDescriptor field = reply.findFieldByName(name);
            if (field == null) {
                throw new IllegalStateException(reply.getFullName() + " has no field " + name);
            }
            return field;
        }
    }

    /**
     * Sets the fields of a reply to describe this state.
     *
     * @throws IllegalStateException if it is not a reply: a common field is missing
     */
    public <B extends Message.Builder> B on(B reply, NamespaceState state) {
        Fields fields = fields(reply);
        if (fields.registryVersion() != null) {
            reply.setField(fields.registryVersion(), (int) Math.min(Integer.MAX_VALUE, state.revision()));
        }
        if (fields.term() != null) {
            reply.setField(fields.term(), state.leader().term());
        }
        return at(reply, state.revision(), state.bootstrap().epoch(), state.branch());
    }

    /** Sets the fields of a message for a revision that may be older than the current state. */
    public <B extends Message.Builder> B at(B message, long revision, long epoch, long branch) {
        Fields fields = fields(message);
        message.setField(fields.revision(), revision)
                .setField(fields.epoch(), epoch)
                .setField(fields.registryId(), registryId)
                .setField(fields.branch(), branch);
        return message;
    }

    private static Fields fields(Message.Builder message) {
        return FIELDS.computeIfAbsent(message.getDescriptorForType(), Fields::of);
    }
}
