package io.rollcall.server.transport;

import io.grpc.Codec;
import io.grpc.Decompressor;
import io.grpc.DecompressorRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Decompresses only when the request is read, after the interceptors (see {@link DeferredParsing}): gRPC's own
 * decompressor starts before them and fails there on invalid gzip. The output is bounded by the maximum message size.
 */
final class DeferredGunzip implements Decompressor {
    /** Identity and gzip, as in gRPC's default. */
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
            private @Nullable InputStream unpacked; // read by one thread

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
                (begun == null ? packed : begun).close(); // also frees zlib's native memory
            }
        };
    }
}
