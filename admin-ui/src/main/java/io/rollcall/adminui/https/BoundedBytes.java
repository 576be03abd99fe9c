package io.rollcall.adminui.https;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Bytes gathered up to a limit. Not safe for use by several threads at once. */
final class BoundedBytes {
    private final int limit;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(0);

    BoundedBytes(int limit) {
        this.limit = limit;
    }

    /** Takes all that remains, or nothing where that would be too much: then returns false. */
    boolean add(ByteBuffer more) {
        if (more.remaining() > limit - bytes.size()) {
            return false;
        }
        byte[] copy = new byte[more.remaining()];
        more.get(copy);
        bytes.writeBytes(copy);
        return true;
    }

    void clear() {
        bytes.reset();
    }

    boolean isEmpty() {
        return bytes.size() == 0;
    }

    ByteBuffer all() {
        return ByteBuffer.wrap(bytes.toByteArray());
    }
}
