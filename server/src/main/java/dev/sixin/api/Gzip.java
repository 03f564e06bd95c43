package dev.sixin.api;

import io.grpc.Decompressor;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/// Reads messages that say they are gzip. It gives the bytes back when they are not: gRPC's own
/// throws and leaves them open, and Armeria would keep the buffer behind them for good.
final class Gzip implements Decompressor {
  @Override
  public String getMessageEncoding() {
    return "gzip";
  }

  @Override
  public InputStream decompress(InputStream bytes) throws IOException {
    try {
      return new GZIPInputStream(bytes);
    } catch (IOException e) {
      bytes.close();
      throw e;
    }
  }
}
