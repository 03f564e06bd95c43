package dev.sixin.fuzz;

import static dev.sixin.fuzz.Stage.ascii;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sixin.api.Answer;
import dev.sixin.image.Pictures;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.util.List;

/// Forms with pictures in them.
final class Uploads {
  private static final List<byte[]> PICTURES =
      List.of(
          Pictures.drawn("png", 3, 2),
          Pictures.drawn("jpeg", 3, 2),
          Pictures.drawn("gif", 3, 2),
          Pictures.lossyWebp(),
          Pictures.losslessWebp(),
          Pictures.extendedWebp(3, 2));

  private Uploads() {}

  /// Uploads a picture; one that is accepted is served back as it was.
  static boolean upload(Stage stage, Draw draw) {
    int lies = draw.octet();
    String boundary = (lies & 1) == 0 ? "line" : draw.header();
    String type = (lies & 2) == 0 ? "multipart/form-data; boundary=" + boundary : draw.header();
    byte[] heads = (lies & 4) == 0 ? ascii("content-type: image/png\r\n") : draw.piece();
    String file = (lies & 8) == 0 ? "a.png" : draw.header();
    int parts = (lies & 16) == 0 ? 1 : draw.below(4);
    byte[] end = (lies & 32) == 0 ? ascii("--") : draw.piece();
    byte[] picture = (lies & 64) == 0 ? changed(draw) : draw.rest();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int i = 0; i < parts; i++) {
      body.writeBytes(ascii("--" + boundary + "\r\n"));
      body.writeBytes(
          ascii("content-disposition: form-data; name=\"file\"; filename=\"" + file + "\"\r\n"));
      body.writeBytes(heads);
      body.writeBytes(ascii("\r\n"));
      body.writeBytes(picture);
      body.writeBytes(ascii("\r\n"));
    }
    body.writeBytes(ascii("--" + boundary));
    body.writeBytes(end);
    body.writeBytes(ascii("\r\n"));
    Answer answer =
        stage.ask(
            "POST",
            "/x/im/upload",
            body.toByteArray(),
            "authorization",
            "Bearer " + stage.token(),
            "content-type",
            type);
    boolean refused = Judge.envelope(answer);
    if (!refused && (lies & 0x7f & ~64) == 0) {
      requireServed(stage, picture, Judge.json(answer).get("data"));
    }
    return refused;
  }

  /// A picture with bytes of it changed: which picture; places and values in turn.
  private static byte[] changed(Draw draw) {
    byte[] picture = draw.oneOf(PICTURES).clone();
    while (!draw.isEmpty()) {
      int at = (draw.octet() << 8) | draw.octet();
      picture[at % picture.length] = (byte) draw.octet();
    }
    return picture;
  }

  private static void requireServed(Stage stage, byte[] picture, JsonNode stored) {
    String path = URI.create(stored.get("url").textValue()).getPath();
    Answer served = stage.ask("GET", path, new byte[0]);
    assertThat(served.httpStatus()).as("%s", served).isEqualTo(200);
    assertThat(served.body().toByteArray()).isEqualTo(picture);
    assertThat(served.header("content-type"))
        .isEqualTo("image/" + stored.get("imageType").textValue());
  }
}
