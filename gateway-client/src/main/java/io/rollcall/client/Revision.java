package io.rollcall.client;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Message;

/**
 * Of which moment a reply is.
 *
 * @param registryId made with the gateway's store: numbers compare only within one; empty at an older gateway
 * @param epoch which founding of the cluster this is; 0 at an older gateway
 * @param number counts the changes of the namespace
 * @param branch under which start of the gateway it was made, so that a number that is given out again is told apart; 0
 *     at an older gateway
 */
public record Revision(String registryId, long epoch, long number, long branch) {

    /** Of no known branch. */
    public Revision(String registryId, long epoch, long number) {
        this(registryId, epoch, number, 0);
    }

    /** Every reply states it in fields of these names. */
    static Revision of(Message reply) {
        Descriptor type = reply.getDescriptorForType();
        return new Revision(
                (String) reply.getField(type.findFieldByName("registry_id")),
                (long) reply.getField(type.findFieldByName("epoch")),
                (long) reply.getField(type.findFieldByName("revision")),
                (long) reply.getField(type.findFieldByName("branch")));
    }
}
