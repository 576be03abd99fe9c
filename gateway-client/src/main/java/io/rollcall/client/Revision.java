package io.rollcall.client;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Message;

/**
 * The revision that a reply describes.
 *
 * @param registryId made with the gateway's store: numbers compare only within one; empty at an older gateway
 * @param epoch the bootstrap epoch; 0 at an older gateway
 * @param number counts the changes of the namespace
 * @param branch the gateway start that made it, which distinguishes a number that is assigned again; 0 at an older
 *     gateway
 */
public record Revision(String registryId, long epoch, long number, long branch) {

    /** Creates a revision without a known branch. */
    public Revision(String registryId, long epoch, long number) {
        this(registryId, epoch, number, 0);
    }

    /** Reads the revision from the common fields of a reply. */
    static Revision of(Message reply) {
        Descriptor type = reply.getDescriptorForType();
        return new Revision(
                (String) reply.getField(type.findFieldByName("registry_id")),
                (long) reply.getField(type.findFieldByName("epoch")),
                (long) reply.getField(type.findFieldByName("revision")),
                (long) reply.getField(type.findFieldByName("branch")));
    }
}
