package io.rollcall.server.audit;

import io.rollcall.server.identity.CallIdentity;

/** Adds the caller and its address to a line. */
final class CallIdentityFields {
    private CallIdentityFields() {}

    static AuditEvent add(AuditEvent event, CallIdentity identity) {
        return event.with("caller", identity.id())
                .with("from", identity.address())
                .with("serial", identity.serial())
                .with("token", identity.tokenId());
    }
}
