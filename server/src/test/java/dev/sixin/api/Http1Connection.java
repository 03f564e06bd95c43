package dev.sixin.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.protobuf.ByteString;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// HTTP/1.1 over a plain socket.
public final class Http1Connection implements HttpConnection {
  private static final int TIMEOUT_MILLIS = 30_000;

  private final int port;
  private Socket socket;
  private InputStream in;
  private OutputStream out;
  private int opened;

  public Http1Connection(int port) {
    this.port = port;
  }

  @Override
  public Answer request(String method, String path, byte[] body, List<String> headers) {
    try {
      if (socket == null) {
        open();
      }
      write(method, path, body, headers);
      return read(method);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Sends a request, reads the head of its answer and goes away.
  public Answer begin(String method, String path, byte[] body, List<String> headers) {
    try {
      if (socket == null) {
        open();
      }
      write(method, path, body, headers);
      return new Answer(status(), headers(), ByteString.EMPTY, Map.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      close();
    }
  }

  /// Sends a request and goes away before there is an answer.
  public void abandon(String method, String path, byte[] body, List<String> headers) {
    try {
      if (socket == null) {
        open();
      }
      write(method, path, body, headers);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      close();
    }
  }

  private void open() throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream());
    out = socket.getOutputStream();
    opened++;
  }

  private void write(String method, String path, byte[] body, List<String> headers)
      throws IOException {
    StringBuilder head = new StringBuilder();
    head.append(method).append(' ').append(path).append(" HTTP/1.1\r\n");
    head.append("host: 127.0.0.1:").append(port).append("\r\n");
    for (int i = 0; i < headers.size(); i += 2) {
      head.append(headers.get(i)).append(": ").append(headers.get(i + 1)).append("\r\n");
    }
    if (!method.equals("GET") && !method.equals("HEAD")) {
      head.append("content-length: ").append(body.length).append("\r\n");
    }
    head.append("\r\n");
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(head.toString().getBytes(ISO_8859_1));
    request.writeBytes(body);
    out.write(request.toByteArray());
    out.flush();
  }

  private int status() throws IOException {
    return Integer.parseInt(line().split(" ", 3)[1]);
  }

  private static boolean hasBody(String method, int status) {
    return !method.equals("HEAD") && status != 204 && status != 304;
  }

  private Answer read(String method) throws IOException {
    int status = status();
    Map<String, String> headers = headers();
    Map<String, String> trailers = Map.of();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    if (!hasBody(method, status)) {
      // nothing follows
    } else if ("chunked".equals(headers.get("transfer-encoding"))) {
      for (int size = chunkSize(); size > 0; size = chunkSize()) {
        body.writeBytes(in.readNBytes(size));
        line();
      }
      trailers = headers();
    } else if (headers.containsKey("content-length")) {
      int length = Integer.parseInt(headers.get("content-length"));
      body.writeBytes(in.readNBytes(length));
      if (body.size() < length) {
        throw new EOFException("the body ended early");
      }
    } else {
      body.writeBytes(in.readAllBytes());
    }
    if ("close".equals(headers.get("connection"))) {
      close();
    }
    return new Answer(status, headers, ByteString.copyFrom(body.toByteArray()), trailers);
  }

  private int chunkSize() throws IOException {
    return Integer.parseInt(line(), 16);
  }

  private Map<String, String> headers() throws IOException {
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      String[] pair = line.split(":", 2);
      headers.merge(pair[0].toLowerCase(Locale.ROOT), pair[1].strip(), (a, b) -> a + ", " + b);
    }
    return headers;
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("the server closed the connection");
      }
      if (next != '\r') {
        line.write(next);
      }
    }
    return line.toString(ISO_8859_1);
  }

  @Override
  public int opened() {
    return opened;
  }

  @Override
  public void close() {
    try {
      if (socket != null) {
        socket.close();
        socket = null;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
