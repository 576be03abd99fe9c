package io.rollcall.server.system;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;

/**
 * A ClientHello of TLS 1.2 (RFC 5246 §7.4.1.2) that would rather compress. By hand, because today's TLS libraries
 * cannot offer it any more.
 */
final class CompressionOffer {
    private static final int HANDSHAKE = 22;
    private static final int CLIENT_HELLO = 1;
    private static final int SERVER_HELLO = 2;
    private static final int RANDOM = 32;
    private static final byte[] DEFLATE_OR_NONE = {2, 1, 0};
    private static final byte[] SUITES = {0, 4, (byte) 0xC0, 0x2B, (byte) 0xC0, 0x2F}; // ECDHE with ECDSA or RSA
    private static final byte[] EXTENSIONS = {
        0,
        24, // bytes that follow
        0,
        10,
        0,
        4,
        0,
        2,
        0,
        23, // supported groups: secp256r1
        0,
        11,
        0,
        2,
        1,
        0, // point formats: uncompressed
        0,
        13,
        0,
        6,
        0,
        4,
        4,
        3,
        8,
        4 // signatures: ECDSA with SHA-256, RSA-PSS with SHA-256
    };

    private CompressionOffer() {}

    /** The method that the server chose: 0 is none. */
    static int answered(int port) throws IOException {
        try (Socket socket = new Socket("localhost", port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(record(hello()));
            DataInputStream in = new DataInputStream(socket.getInputStream());
            int type = in.readUnsignedByte();
            in.skipNBytes(4); // version and length of the record
            int message = in.readUnsignedByte();
            if (type != HANDSHAKE || message != SERVER_HELLO) {
                throw new AssertionError("no ServerHello: record " + type + ", message " + message);
            }
            in.skipNBytes(3 + 2 + RANDOM); // length, version
            in.skipNBytes(in.readUnsignedByte()); // session
            in.skipNBytes(2); // suite
            return in.readUnsignedByte();
        }
    }

    private static byte[] hello() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(body);
        out.writeShort(0x0303);
        out.write(new byte[RANDOM]);
        out.writeByte(0); // no session
        out.write(SUITES);
        out.write(DEFLATE_OR_NONE);
        out.write(EXTENSIONS);
        return body.toByteArray();
    }

    private static byte[] record(byte[] hello) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeByte(HANDSHAKE);
        out.writeShort(0x0301);
        out.writeShort(hello.length + 4);
        out.writeInt(CLIENT_HELLO << 24 | hello.length);
        out.write(hello);
        return bytes.toByteArray();
    }
}
