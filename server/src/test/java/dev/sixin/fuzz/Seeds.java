package dev.sixin.fuzz;

import static dev.sixin.fuzz.Stage.ascii;
import static dev.sixin.fuzz.Stage.utf8;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.util.JsonFormat;
import dev.sixin.api.Rpc;
import dev.sixin.api.Rpcs;
import dev.sixin.api.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The inputs that the fuzzer begins with: requests as clients make them, and what was found.
@SuppressWarnings("EnumOrdinal") // as inputs have them
final class Seeds {
  /// Where findings are kept, for ever.
  static final Path FINDINGS = Path.of("src/test/resources/fuzz");

  private static final int MOST_BYTES = 300;
  private static final int FORMS = 60;
  private static final List<String> CONTENTS =
      List.of(
          "{\"content\":\"hello\"}",
          "{\"content\":\"\\ud800 \\\"a\\\" [doge]\"}",
          "{\"url\":\"https://img.example/a.png\",\"width\":1,\"height\":1.5,\"size\":2}",
          "{\"title\":\"a\",\"url\":\"b\",\"rid\":1,\"id\":2,\"source\":\"c\",\"pic_url\":\"d\"}",
          "{\"content\":\"[{\\\"text\\\":\\\"a\\\"}]\",\"group_id\":11}",
          "1");

  private Seeds() {}

  /// All of them.
  static List<byte[]> all() {
    List<byte[]> seeds = new ArrayList<>();
    for (Rpc rpc : Rpcs.ALL) {
      calls(rpc).filter(seed -> seed.length < MOST_BYTES).forEach(seeds::add);
    }
    for (Transport transport : Transport.values()) {
      for (int lies = 0; lies < 256; lies = lies * 2 + 1) {
        seeds.add(of(Entrance.FRAMES, transport.ordinal(), call("GetSessions"), lies, 1, 1, 1));
      }
    }
    int types = Talk.TYPES.size();
    int firstBuilt = (Talk.BUILT + types - 1) / types * types;
    int list = Talk.VALUES.size() + Talk.LIST;
    int object = Talk.VALUES.size() + Talk.OBJECT;
    int jsonAsText = Talk.VALUES.size() + Talk.JSON_AS_TEXT;
    for (int type = 0; type < types; type++) {
      for (int bySite = 0; bySite < 2; bySite++) {
        for (String content : CONTENTS) {
          seeds.add(Entrance.joined(of(Entrance.CONTENT, bySite, type), utf8(content)));
        }
        int built = firstBuilt + type;
        seeds.add(of(Entrance.CONTENT, bySite, built, 0, list, 3, 0, 2, object, 1, 1, 3));
        seeds.add(of(Entrance.CONTENT, bySite, built, 0, jsonAsText, list, 1, 0));
      }
    }
    for (int form = 0; form < FORMS; form++) {
      seeds.add(of(Entrance.FORMS, form, 0, 1, 0, 0, 2, 1, 0, 1, 2, 0, 1));
      seeds.add(Entrance.joined(of(Entrance.FORMS, form, 6, 0), ascii("a=%e4%bd%a0&size=20")));
    }
    for (int picture = 0; picture < 6; picture++) {
      seeds.add(of(Entrance.UPLOADS, 0, picture));
    }
    for (int places = 1; places < 256; places *= 2) {
      seeds.add(of(Entrance.CREDENTIALS, 0, places, 0, 0, 0));
      seeds.add(of(Entrance.CREDENTIALS, 1, places, 1, 0, 0, 1, 1, 0, 0));
    }
    for (int path = 0; path < 7; path++) {
      seeds.add(of(Entrance.PAGES, 0, path, 1, 1, 1, 2));
    }
    return seeds;
  }

  private static Stream<byte[]> calls(Rpc rpc) {
    String name = rpc.path.substring(rpc.path.lastIndexOf('/') + 1);
    Stream<MessageLite> requests =
        Stream.concat(Stream.of(rpc.legal), rpc.cases.stream().map(Rpc.Case::request));
    Stream<byte[]> grpc =
        requests.map(
            request -> Entrance.joined(of(Entrance.CALLS, call(name), 0), request.toByteArray()));
    if (!rpc.isAdmin()) {
      return grpc;
    }
    long place =
        Stage.CALLS.stream().filter(Stage::isAdmin).map(m -> m.getName()).toList().indexOf(name);
    try {
      byte[] json = utf8(JsonFormat.printer().print(rpc.legal));
      return Stream.concat(
          grpc, Stream.of(Entrance.joined(of(Entrance.SITE, (int) place, 0), json)));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int call(String name) {
    return Stage.CALLS.stream().map(method -> method.getName()).toList().indexOf(name);
  }

  private static byte[] of(Entrance entrance, int... octets) {
    byte[] seed = new byte[1 + octets.length];
    seed[0] = (byte) entrance.ordinal();
    for (int i = 0; i < octets.length; i++) {
      seed[1 + i] = (byte) octets[i];
    }
    return seed;
  }

  /// What was found so far.
  static List<Path> findings() {
    try (Stream<Path> files = Files.list(FINDINGS)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
