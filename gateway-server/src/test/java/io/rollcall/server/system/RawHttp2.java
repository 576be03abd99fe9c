package io.rollcall.server.system;

import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.EmptyHttp2Headers;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.rollcall.devcerts.Member;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * HTTP/2 written byte by byte (RFC 9113), over TLS with a member's certificate: for frames that no client would send.
 */
final class RawHttp2 implements AutoCloseable {
    static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GO_AWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;
    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;
    static final int ACK = 1;

    private static final int PATIENCE_MILLIS = 20_000;
    private static final char[] NO_PASSWORD = {};

    private final SSLSocket socket;
    private final DataOutputStream out;
    private final DataInputStream in;
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);
    private final StringBuilder said = new StringBuilder();

    /** A frame that came. */
    record Frame(int type, int flags, int stream, byte[] payload) {}

    RawHttp2(GatewayProcess gateway, Member member) throws Exception {
        this((SSLSocket) context(gateway, member).getSocketFactory().createSocket("localhost", gateway.port()));
    }

    /** To the console, as a stranger. */
    static RawHttp2 toConsole(GatewayProcess gateway) throws Exception {
        return new RawHttp2(
                (SSLSocket) ConsoleHttp.trusting(gateway.certs().dir().resolve("gateway/ca.pem"))
                        .getSocketFactory()
                        .createSocket("localhost", URI.create(gateway.console()).getPort()));
    }

    private RawHttp2(SSLSocket socket) throws IOException {
        this.socket = socket;
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
        return raw(PREFACE).frame(SETTINGS, 0, 0, new byte[0]).flush();
    }

    /** These bytes, frames or not. */
    RawHttp2 raw(byte[] bytes) throws IOException {
        out.write(bytes);
        return this;
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

    /** The headers of a call. */
    static byte[] call(String method, Map<String, String> more) {
        List<Map.Entry<String, String>> headers = new ArrayList<>(usual(method));
        headers.addAll(more.entrySet());
        return block(headers);
    }

    /** What every call has, its token apart, in this order. */
    static List<Map.Entry<String, String>> usual(String method) {
        return List.of(
                Map.entry(":method", "POST"),
                Map.entry(":scheme", "https"),
                Map.entry(":path", "/" + method),
                Map.entry(":authority", "localhost"),
                Map.entry("content-type", "application/grpc"),
                Map.entry("te", "trailers"));
    }

    /** Any headers, each a literal without indexing (RFC 7541 §6.2.2). */
    static byte[] block(List<Map.Entry<String, String>> headers) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (Map.Entry<String, String> entry : headers) {
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
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
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

    /** Returns once all that was sent before has been read. */
    void awaitPong() throws IOException {
        frame(PING, 0, 0, new byte[8]).flush();
        Frame frame = read();
        while (frame.type() != PING || (frame.flags() & ACK) == 0) {
            frame = read();
        }
    }

    /**
     * How the stream ended: gRPC's code and the refusal's reason, where there is one; or {@code HTTP} and its status;
     * or {@code reset}; or {@code cut off}, with the whole connection.
     */
    String endOf(int stream) throws IOException {
        Http2Headers headers = EmptyHttp2Headers.INSTANCE;
        try {
            while (true) {
                Frame frame = read();
                boolean isMine = frame.stream() == stream;
                if (frame.type() == GO_AWAY) {
                    return "cut off";
                } else if (frame.type() == RST_STREAM && isMine) {
                    return "reset";
                } else if (frame.type() == HEADERS) {
                    headers = decoder.decodeHeaders(stream, Unpooled.wrappedBuffer(frame.payload()));
                    said.append(headers);
                } else if (frame.type() == DATA) {
                    said.append(new String(frame.payload(), StandardCharsets.ISO_8859_1));
                }
                boolean maySayEnd = frame.type() == HEADERS || frame.type() == DATA;
                if (isMine && maySayEnd && (frame.flags() & END_STREAM) != 0) {
                    return end(headers);
                }
            }
        } catch (EOFException | SocketException ended) {
            return "cut off";
        } catch (Http2Exception e) {
            throw new IOException("the gateway's own headers cannot be read", e);
        }
    }

    private String end(Http2Headers headers) throws IOException {
        CharSequence details = headers.get("grpc-status-details-bin");
        if (details != null) {
            said.append(new String(Base64.getDecoder().decode(details.toString()), StandardCharsets.ISO_8859_1));
        }
        return codeAndReason(headers);
    }

    /** What the headers that end a call say: gRPC's code and the refusal's reason; or {@code HTTP} and its status. */
    static String codeAndReason(Http2Headers headers) throws IOException {
        CharSequence code = headers.get("grpc-status");
        if (code == null || headers.status() != null && !"200".contentEquals(headers.status())) {
            return "HTTP " + headers.status();
        }
        String name = Status.fromCodeValue(Integer.parseInt(code.toString()))
                .getCode()
                .name();
        CharSequence details = headers.get("grpc-status-details-bin");
        if (details == null) {
            return name;
        }
        byte[] status = Base64.getDecoder().decode(details.toString());
        return name + " "
                + com.google.rpc.Status.parseFrom(status)
                        .getDetails(0)
                        .unpack(ErrorInfo.class)
                        .getReason();
    }

    /** All headers and data that came while {@link #endOf} was listening. */
    String said() {
        return said.toString();
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
