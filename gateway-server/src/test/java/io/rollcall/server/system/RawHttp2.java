package io.rollcall.server.system;

import io.rollcall.devcerts.Member;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** HTTP/2 written byte by byte (RFC 9113), over TLS with a member's certificate: for frames that no client would send. */
final class RawHttp2 implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GO_AWAY = 7;
    static final int CONTINUATION = 9;
    static final int END_HEADERS = 4;
    static final int ACK = 1;

    private static final int PATIENCE_MILLIS = 20_000;
    private static final char[] NO_PASSWORD = {};

    private final SSLSocket socket;
    private final DataOutputStream out;
    private final DataInputStream in;

    /** A frame that came. */
    record Frame(int type, int flags, int stream, byte[] payload) {}

    RawHttp2(GatewayProcess gateway, Member member) throws Exception {
        socket = (SSLSocket) context(gateway, member).getSocketFactory().createSocket("localhost", gateway.port());
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        socket.setSSLParameters(parameters);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.startHandshake();
        out = new DataOutputStream(socket.getOutputStream());
        in = new DataInputStream(socket.getInputStream());
    }

    private static SSLContext context(GatewayProcess gateway, Member member) throws Exception {
        Path ca = gateway.certs().dir().resolve("gateway/ca.pem");
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, NO_PASSWORD);
        trusted.setCertificateEntry(
                "ca",
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new java.io.ByteArrayInputStream(Files.readAllBytes(ca))));
        X509Certificate certificate = member.credential().certificate();
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, NO_PASSWORD);
        own.setKeyEntry("me", member.credential().key(), NO_PASSWORD, new Certificate[] {certificate});
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, NO_PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    /** The preface and empty settings, as every connection begins. */
    RawHttp2 begin() throws IOException {
        out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return frame(SETTINGS, 0, 0, new byte[0]).flush();
    }

    RawHttp2 frame(int type, int flags, int stream, byte[] payload) throws IOException {
        out.writeByte(payload.length >> 16);
        out.writeShort(payload.length);
        out.writeByte(type);
        out.writeByte(flags);
        out.writeInt(stream);
        out.write(payload);
        return this;
    }

    RawHttp2 flush() throws IOException {
        out.flush();
        return this;
    }

    /** The headers of a call, each a literal without indexing (RFC 7541 §6.2.2). */
    static byte[] call(String method, Map<String, String> more) throws IOException {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        header(block, ":method", "POST");
        header(block, ":scheme", "https");
        header(block, ":path", "/" + method);
        header(block, ":authority", "localhost");
        header(block, "content-type", "application/grpc");
        header(block, "te", "trailers");
        for (Map.Entry<String, String> entry : more.entrySet()) {
            header(block, entry.getKey(), entry.getValue());
        }
        return block.toByteArray();
    }

    private static void header(ByteArrayOutputStream block, String name, String value) {
        block.write(0);
        text(block, name);
        text(block, value);
    }

    /** A string without Huffman coding, its length as an integer with a 7-bit prefix (RFC 7541 §5.1). */
    private static void text(ByteArrayOutputStream block, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        int rest = bytes.length;
        if (rest < 127) {
            block.write(rest);
        } else {
            block.write(127);
            rest -= 127;
            for (; rest >= 128; rest >>= 7) {
                block.write(rest & 127 | 128);
            }
            block.write(rest);
        }
        block.writeBytes(bytes);
    }

    /** The next frame. @throws EOFException when the gateway has closed the connection */
    Frame read() throws IOException {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt();
        byte[] payload = new byte[length];
        in.readFully(payload);
        return new Frame(type, flags, stream, payload);
    }

    /** Reads until the gateway ends the connection; gives the code of its GOAWAY, or -1 where it just hung up. */
    int awaitEnd() throws IOException {
        int code = -1;
        try {
            while (true) {
                Frame frame = read();
                if (frame.type() == GO_AWAY) {
                    byte[] it = frame.payload();
                    code = (it[4] & 255) << 24 | (it[5] & 255) << 16 | (it[6] & 255) << 8 | it[7] & 255;
                }
            }
        } catch (EOFException | SocketException ended) {
            return code;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
