package io.rollcall.server.transport;

import io.grpc.Codec;
import io.grpc.Decompressor;
import io.grpc.DecompressorRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks nothing until the request is read, behind the interceptors (see {@link DeferredParsing}): gRPC's own begins in
 * front of them, and what is no gzip fails there. What comes out is bounded by the size that a message may have.
 */
final class DeferredGunzip implements Decompressor {
    /** Plain and gzip, as gRPC has it unless told otherwise. */
    static final DecompressorRegistry REGISTRY = DecompressorRegistry.emptyInstance()
            .with(Codec.Identity.NONE, false)
            .with(new DeferredGunzip(), true);

    private DeferredGunzip() {}

    @Override
    public String getMessageEncoding() {
        return "gzip";
    }

    @Override
    public InputStream decompress(InputStream packed) {
        return new InputStream() {
            private @Nullable InputStream unpacked; // one thread reads

            private InputStream unpacked() throws IOException {
                InputStream begun = unpacked;
                if (begun == null) {
                    begun = new GZIPInputStream(packed);
                    unpacked = begun;
                }
                return begun;
            }

            @Override
            public int read() throws IOException {
                return unpacked().read();
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                return unpacked().read(into, offset, length);
            }

            @Override
            public void close() throws IOException {
                InputStream begun = unpacked;
                (begun == null ? packed : begun).close(); // with what zlib holds outside the heap
            }
        };
    }
}
