package io.rollcall.server.audit;

import io.rollcall.server.identity.Origin;

/** Who and from where, as a line names it. */
final class OriginFields {
    private OriginFields() {}

    static AuditEvent add(AuditEvent event, Origin origin) {
        return event.with("caller", origin.id())
                .with("from", origin.address())
                .with("serial", origin.serial())
                .with("token", origin.tokenId());
    }
}
