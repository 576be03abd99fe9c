package io.rollcall.adminui.https;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** A byte buffer with a limit. Not thread-safe. */
final class BoundedBytes {
    private final int limit;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(0);

    BoundedBytes(int limit) {
        this.limit = limit;
    }

    /** Adds all remaining bytes, or returns false and adds nothing if they exceed the limit. */
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
