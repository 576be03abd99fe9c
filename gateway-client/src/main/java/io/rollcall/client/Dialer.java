package io.rollcall.client;

import io.grpc.CallCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Creates channels with the same credentials. A new dialer means that connections must be replaced. */
interface Dialer {

    /** Creates a channel to one address, not connected yet. */
    ManagedChannel dial(Target target);

    /** Returns why a call to that address failed, if it is a fault of addresses or files. */
    Optional<TlsFault> fault(Target target, StatusRuntimeException failure);

    /** Returns the call credentials for methods that need a token; null if none is used. */
    @Nullable
    CallCredentials token();
}
