package dev.sixin.fuzz;

import com.google.protobuf.Descriptors.MethodDescriptor;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.util.Base64URL;
import dev.sixin.api.Answer;
import dev.sixin.api.Frames;
import dev.sixin.api.Rpcs;
import dev.sixin.proto.metadata.Metadata;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/// What a caller carries to say who they are, and in which language they want to be told.
final class Credentials {
  private static final String NAV = "/x/web-interface/nav";

  private Credentials() {}

  /// Makes a harmless call with it: in which dialect; where; what.
  static boolean present(Stage stage, Draw draw) {
    boolean isGrpc = draw.yes();
    int places = draw.octet();
    String[] headers = {};
    if ((places & 1) != 0) {
      headers = Entrance.joined(headers, "authorization", "identify_v1 " + token(stage, draw));
    }
    if ((places & 2) != 0) {
      headers = Entrance.joined(headers, "authorization", "Bearer " + token(stage, draw));
    }
    if ((places & 4) != 0) {
      headers =
          Entrance.joined(headers, "cookie", "SESSDATA=" + token(stage, draw) + "; bili_jct=x");
    }
    if ((places & 8) != 0) {
      headers = Entrance.joined(headers, "x-bili-metadata-bin", metadata(stage, draw));
    }
    if ((places & 16) != 0) {
      headers = Entrance.joined(headers, "accept-language", draw.header());
    }
    if ((places & 32) != 0) {
      headers = Entrance.joined(headers, "cookie", draw.header());
    }
    if ((places & 64) != 0) {
      headers = Entrance.joined(headers, "authorization", draw.header());
    }
    if ((places & 128) != 0) {
      headers = Entrance.joined(headers, "grpc-timeout", draw.header());
    }
    if (!isGrpc) {
      return Judge.envelope(stage.ask("GET", NAV, new byte[0], headers));
    }
    MethodDescriptor method =
        Stage.CALLS.stream()
            .filter(call -> call.getName().equals("GetSessions"))
            .findAny()
            .orElseThrow();
    Answer answer =
        stage.ask(
            "POST",
            Rpcs.path(method),
            Frames.frame(0, new byte[0]),
            Entrance.joined(headers, "content-type", "application/grpc"));
    return Judge.grpc(answer);
  }

  private static String metadata(Stage stage, Draw draw) {
    byte[] bytes =
        switch (draw.below(3)) {
          case 0 ->
              Metadata.newBuilder()
                  .setAccessKey(token(stage, draw))
                  .setMobiApp(new String(draw.piece(), StandardCharsets.UTF_8))
                  .build()
                  .toByteArray();
          case 1 -> draw.message(Metadata.getDescriptor()).toByteArray();
          default -> draw.piece();
        };
    return draw.yes() ? draw.header() : Base64.getEncoder().encodeToString(bytes);
  }

  /// A good token, one of other claims that is signed as ours are, or none.
  private static String token(Stage stage, Draw draw) {
    return switch (draw.below(4)) {
      case 0 -> stage.token();
      case 1 -> signed(stage, "{\"alg\":\"HS256\"}", claims(draw));
      case 2 -> signed(stage, new String(draw.piece(), StandardCharsets.UTF_8), claims(draw));
      default -> draw.header();
    };
  }

  private static String claims(Draw draw) {
    return draw.yes()
        ? new String(draw.piece(), StandardCharsets.UTF_8)
        : "{\"iss\":\"sixin\",\"sub\":\"%s\",\"exp\":%d,\"iat_us\":%d,\"device\":%s}"
            .formatted(
                draw.oneOf(List.of("1", "0", "-1", "18446744073709551615", "x", "")),
                draw.number(),
                draw.number(),
                draw.oneOf(List.of("\"\"", "null", "1", "\"a\"", "{}")));
  }

  private static String signed(Stage stage, String header, String claims) {
    String signed = Base64URL.encode(header) + "." + Base64URL.encode(claims);
    try {
      return signed
          + "."
          + new MACSigner(stage.tokenKey)
              .sign(new JWSHeader(JWSAlgorithm.HS256), signed.getBytes(StandardCharsets.US_ASCII));
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }
}
