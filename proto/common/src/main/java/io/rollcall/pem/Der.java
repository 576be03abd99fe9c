package io.rollcall.pem;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Optional;

/** The part of DER (X.690) that is needed to wrap a key. */
final class Der {
    static final int INTEGER = 0x02;
    static final int OCTET_STRING = 0x04;
    static final int NULL = 0x05;
    static final int OBJECT_IDENTIFIER = 0x06;
    static final int SEQUENCE = 0x30;
    static final int CONTEXT_0 = 0xA0;

    private Der() {}

    /** Encodes a value with this tag and these concatenated parts. */
    static byte[] of(int tag, byte[]... parts) {
        int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (length < 0x80) {
            out.write(length);
        } else if (length < 0x100) {
            out.write(0x81);
            out.write(length);
        } else if (length < 0x10000) {
            out.write(0x82);
            out.write(length >> 8);
            out.write(length);
        } else {
            throw new IllegalArgumentException("no key is that long: " + length);
        }
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    /**
     * Returns the content of the first member of a sequence with this tag; empty if there is none or the sequence is
     * damaged.
     */
    static Optional<byte[]> member(byte[] sequence, int tag) {
        int[] bounds = content(sequence, 0);
        if (bounds.length == 0 || (sequence[0] & 0xFF) != SEQUENCE) {
            return Optional.empty();
        }
        int at = bounds[0];
        int end = bounds[1];
        while (at < end) {
            int[] member = content(sequence, at);
            if (member.length == 0) {
                return Optional.empty();
            }
            if ((sequence[at] & 0xFF) == tag) {
                return Optional.of(Arrays.copyOfRange(sequence, member[0], member[1]));
            }
            at = member[1];
        }
        return Optional.empty();
    }

    /** Returns the start and end of the content of the value at this offset; empty if it does not fit. */
    private static int[] content(byte[] der, int at) {
        if (at + 2 > der.length) {
            return new int[0];
        }
        int first = der[at + 1] & 0xFF;
        int extra = first < 0x80 ? 0 : first - 0x80;
        int begin = at + 2 + extra;
        if (extra > 2 || first == 0x80 || begin > der.length) {
            return new int[0];
        }
        int length = extra == 0 ? first : 0;
        for (int i = 0; i < extra; i++) {
            length = (length << 8) | (der[at + 2 + i] & 0xFF);
        }
        return begin + length > der.length ? new int[0] : new int[] {begin, begin + length};
    }
}
