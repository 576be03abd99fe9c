package io.rollcall.client;

import io.grpc.CallCredentials;
import io.grpc.ManagedChannel;
import org.jspecify.annotations.Nullable;

/** Makes channels, all with the same credentials. Another dialer means: connections are to be made anew. */
interface Dialer {

    /** A channel to one address, not connected yet. */
    ManagedChannel dial(Target target);

    /** What goes on each call that needs a token; null where none is used. */
    @Nullable
    CallCredentials token();
}
