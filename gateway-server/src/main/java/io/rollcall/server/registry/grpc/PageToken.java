package io.rollcall.server.registry.grpc;

import io.rollcall.server.failure.Refusal;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Base64;

/**
 * Where the next page begins.
 *
 * @param lastId the last node of the page before; 0: there was none
 * @param firstRevision the revision of the first page
 */
record PageToken(int lastId, long firstRevision) {
    private static final int BYTES = Integer.BYTES + Long.BYTES;

    String encode() {
        byte[] bytes =
                ByteBuffer.allocate(BYTES).putInt(lastId).putLong(firstRevision).array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** @throws io.rollcall.server.failure.RefusedException if it is none that {@link #encode} made */
    static PageToken decode(String text) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
            PageToken token = new PageToken(bytes.getInt(), bytes.getLong());
            if (!bytes.hasRemaining() && token.lastId > 0 && token.firstRevision >= 0) {
                return token;
            }
        } catch (IllegalArgumentException | BufferUnderflowException e) {
            throw bad();
        }
        throw bad();
    }

    private static RuntimeException bad() {
        return Refusal.BAD_FIELD.because("page_token: (expected: the next_page_token of an earlier page)");
    }
}
