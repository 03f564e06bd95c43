package dev.sixin.api;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

class GzipTest {
  private final Gzip gzip = new Gzip();

  @Test
  void gzip_isRead_andItsBufferReleased() throws IOException {
    ByteBuf buffer = Unpooled.wrappedBuffer(Frames.gzip("hello".getBytes(US_ASCII)));

    try (InputStream message = gzip.decompress(new ByteBufInputStream(buffer, true))) {
      assertThat(message).hasBinaryContent("hello".getBytes(US_ASCII));
    }

    assertThat(buffer.refCnt()).isZero();
  }

  @Test
  void whatIsNoGzip_isRefused_andItsBufferReleased() {
    for (String wrong : new String[] {"", "no gzip", "\u001f"}) {
      ByteBuf buffer = Unpooled.copiedBuffer(wrong, US_ASCII);

      assertThatThrownBy(() -> gzip.decompress(new ByteBufInputStream(buffer, true)))
          .isInstanceOf(IOException.class);

      assertThat(buffer.refCnt()).isZero();
    }
  }
}
