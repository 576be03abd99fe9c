package io.rollcall.server.registry.grpc;

import io.rollcall.server.failure.Refusal;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Base64;

/**
 * The position of the next page.
 *
 * @param lastId the last node of the previous page; 0: none
 * @param firstRevision the revision of the first page
 */
record PageToken(int lastId, long firstRevision) {
    private static final int BYTES = Integer.BYTES + Long.BYTES;

    String encode() {
        byte[] bytes =
                ByteBuffer.allocate(BYTES).putInt(lastId).putLong(firstRevision).array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** @throws io.rollcall.server.failure.RefusedException if it was not made by {@link #encode} */
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
