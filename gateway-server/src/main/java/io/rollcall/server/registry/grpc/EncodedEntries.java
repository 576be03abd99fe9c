package io.rollcall.server.registry.grpc;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * Encoded fields, one after the other, as slices of arrays that other replies share. Not thread-safe; the arrays must
 * not change.
 */
public final class EncodedEntries {
    private byte[][] arrays = new byte[4][];
    /** Start and end of each slice. */
    private int[] bounds = new int[8];

    private int slices;
    private int bytes;

    /** Adds the bytes from {@code from} (inclusive) to {@code to} (exclusive). */
    public void add(byte[] array, int from, int to) {
        if (slices == arrays.length) {
            arrays = Arrays.copyOf(arrays, 2 * slices);
            bounds = Arrays.copyOf(bounds, 4 * slices);
        }
        arrays[slices] = array;
        bounds[2 * slices] = from;
        bounds[2 * slices + 1] = to;
        slices++;
        bytes += to - from;
    }

    /** Returns the size of all slices. */
    public int size() {
        return bytes;
    }

    void writeTo(OutputStream target) throws IOException {
        for (int slice = 0; slice < slices; slice++) {
            target.write(arrays[slice], bounds[2 * slice], bounds[2 * slice + 1] - bounds[2 * slice]);
        }
    }
}
