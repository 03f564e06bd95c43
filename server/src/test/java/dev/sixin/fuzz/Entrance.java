package dev.sixin.fuzz;

import static dev.sixin.fuzz.Stage.ascii;
import static dev.sixin.fuzz.Stage.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import dev.sixin.api.Answer;
import dev.sixin.api.Frames;
import dev.sixin.api.JsonApi;
import dev.sixin.api.Rpcs;
import dev.sixin.api.StrictJson;
import dev.sixin.api.Transport;
import dev.sixin.fuzz.Stage.Form;
import dev.sixin.refusal.Refusal;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;

/// The ways in. The first byte of an input says which one it takes; what follows says what comes
/// that way. Each makes one request and answers whether it was refused.
enum Entrance {
  /// Every call of every service as one whole frame: which; how; then the message, built or as it
  /// is.
  CALLS {
    @Override
    boolean enter(Stage stage, Draw draw) {
      MethodDescriptor method = draw.oneOf(Stage.CALLS);
      boolean built = draw.yes();
      byte[] message = built ? draw.message(method.getInputType()).toByteArray() : draw.rest();
      return Talk.call(stage, method, message);
    }
  },

  /// Frames that lie: by which transport; which call; what of them is untrue; the frame.
  FRAMES {
    private static final List<String> ENCODINGS =
        List.of("gzip", "identity", "deflate", "snappy", "gzip,identity", "");

    @Override
    boolean enter(Stage stage, Draw draw) {
      Transport transport = draw.oneOf(List.of(Transport.values()));
      MethodDescriptor method = draw.oneOf(Stage.CALLS);
      if (method.isServerStreaming()) {
        return true; // as CALLS: its answer need not end
      }
      int lies = draw.octet();
      ByteArrayOutputStream frames = new ByteArrayOutputStream();
      int flag = (lies & 1) == 0 ? 0 : draw.octet();
      int more = (lies & 2) == 0 ? 0 : (int) draw.number();
      byte[] extra = (lies & 4) == 0 ? new byte[0] : draw.piece();
      boolean zip = (lies & 8) != 0;
      String encoding = (lies & 16) == 0 ? "gzip" : draw.oneOf(ENCODINGS);
      int copies = (lies & 32) == 0 ? 1 : draw.below(4);
      byte[] rest = (lies & 64) == 0 ? draw.rest() : draw.longPiece();
      byte[] message = zip ? Frames.gzip(rest) : rest;
      byte[] frame = Frames.frame(zip ? flag ^ 1 : flag, message);
      int length = message.length + more;
      for (int i = 0; i < 4; i++) {
        frame[1 + i] = (byte) (length >> (24 - 8 * i));
      }
      for (int i = 0; i < copies; i++) {
        frames.writeBytes(frame);
      }
      frames.writeBytes(extra);
      Answer answer =
          stage.call(
              transport,
              Rpcs.path(method),
              frames.toByteArray(),
              "authorization",
              stage.authorization(method),
              "grpc-encoding",
              encoding);
      return Judge.grpc(answer);
    }
  },

  /// What a message says: by whom; its type; the content.
  CONTENT {
    @Override
    boolean enter(Stage stage, Draw draw) {
      return Talk.say(stage, draw);
    }
  },

  /// Queries and forms: which call; who calls; the parameters, built or as they are.
  FORMS {
    @Override
    boolean enter(Stage stage, Draw draw) {
      Form form = draw.oneOf(stage.forms);
      int who = draw.below(8);
      boolean built = draw.yes();
      byte[] parameters = built ? parameters(form, draw) : draw.rest();
      String csrf = who < 4 ? (parameters.length == 0 ? "" : "&") + "csrf=secret" : "";
      String[] credentials =
          who < 6
              ? new String[] {"cookie", "SESSDATA=%s; bili_jct=secret".formatted(stage.token())}
              : new String[] {"authorization", "Bearer " + stage.token()};
      Answer answer =
          form.method().equals("GET")
              ? stage.ask("GET", form.path() + "?" + Draw.inUri(parameters), NONE, credentials)
              : stage.ask(
                  "POST",
                  form.path(),
                  joined(parameters, ascii(csrf)),
                  joined(credentials, "content-type", "application/x-www-form-urlencoded"));
      return Judge.envelope(answer);
    }

    private byte[] parameters(Form form, Draw draw) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      while (!draw.isEmpty()) {
        if (bytes.size() > 0) {
          bytes.write('&');
        }
        int name = draw.octet();
        boolean known = !form.names().isEmpty() && name < 240;
        bytes.writeBytes(
            known ? ascii(form.names().get(name % form.names().size())) : draw.piece());
        bytes.write('=');
        int kind = draw.octet();
        bytes.writeBytes(
            kind < 128
                ? ascii(Long.toUnsignedString(draw.number()))
                : ascii(Draw.inUri(utf8(draw.text())).replace("&", "%26")));
      }
      return bytes.toByteArray();
    }
  },

  /// The site's calls as JSON: which; how; the body, built and then changed, or as it is.
  SITE {
    @Override
    boolean enter(Stage stage, Draw draw) {
      MethodDescriptor method = draw.oneOf(Stage.CALLS.stream().filter(Stage::isAdmin).toList());
      boolean built = draw.yes();
      byte[] body = built ? printed(method, draw) : draw.rest();
      Answer answer =
          stage.ask(
              "POST",
              JsonApi.rule(method).getPost(),
              body,
              "authorization",
              "Bearer " + stage.adminToken());
      requireRoundTrip(method, body);
      return Judge.site(answer);
    }

    private byte[] printed(MethodDescriptor method, Draw draw) {
      int place = draw.octet();
      byte[] inserted = draw.piece();
      try {
        byte[] json = utf8(JsonFormat.printer().print(draw.message(method.getInputType())));
        int at = inserted.length == 0 ? 0 : place % (json.length + 1);
        return joined(
            joined(Arrays.copyOf(json, at), inserted), Arrays.copyOfRange(json, at, json.length));
      } catch (InvalidProtocolBufferException e) {
        return utf8("{}"); // an Any of a type that nobody knows can not be printed
      }
    }

    // what is read means the same when it is written and read again
    private void requireRoundTrip(MethodDescriptor method, byte[] json) {
      Message prototype =
          com.google.protobuf.DynamicMessage.getDefaultInstance(method.getInputType());
      try {
        Message read = StrictJson.read("it", json, prototype);
        String written = JsonFormat.printer().print(read);
        assertThat(StrictJson.read("it", utf8(written), prototype)).isEqualTo(read);
      } catch (Refusal _) {
        // then the server has refused it too
      } catch (InvalidProtocolBufferException e) {
        throw new AssertionError(e);
      }
    }
  },

  /// Uploads: what of the form is untrue; the picture.
  UPLOADS {
    @Override
    boolean enter(Stage stage, Draw draw) {
      return Uploads.upload(stage, draw);
    }
  },

  /// Who somebody claims to be, in every place where that can stand.
  CREDENTIALS {
    @Override
    boolean enter(Stage stage, Draw draw) {
      return Credentials.present(stage, draw);
    }
  },

  /// Any path with any headers: live push, pictures, the page, the docs.
  PAGES {
    private static final List<String> METHODS =
        List.of("GET", "GET", "GET", "HEAD", "POST", "PUT", "OPTIONS", "DELETE");
    private static final List<String> PATHS =
        List.of("/x/im/sse", "/", "/readyz", "/main.js", "/x/im/image/", "/docs/", "/x/im/upload");
    private static final List<String> HEADERS =
        List.of(
            "range",
            "last-event-id",
            "if-none-match",
            "if-modified-since",
            "accept-encoding",
            "accept-language",
            "content-type",
            "origin",
            "accept");

    @Override
    boolean enter(Stage stage, Draw draw) {
      String method = draw.oneOf(METHODS);
      String path = draw.oneOf(PATHS);
      String[] headers = {"authorization", "Bearer " + stage.token()};
      for (int more = draw.below(4); more > 0; more--) {
        String name = draw.oneOf(HEADERS);
        String value = draw.yes() ? Long.toUnsignedString(draw.number()) : draw.header();
        headers = joined(headers, name, value);
      }
      String end = Draw.inUri(draw.piece());
      String target = path + (path.equals("/x/im/sse") && !end.isEmpty() ? "?" : "") + end;
      Answer answer =
          path.equals("/x/im/sse")
              ? stage.begin(method, target, NONE, headers)
              : stage.ask(method, target, draw.rest(), headers);
      return Judge.http(answer);
    }
  };

  private static final byte[] NONE = {};

  /// Makes the request that an input stands for, and says whether it was refused.
  abstract boolean enter(Stage stage, Draw draw);

  /// Enters where an input says.
  static boolean enter(Stage stage, byte[] input) {
    Draw draw = new Draw(input);
    return draw.oneOf(List.of(values())).enter(stage, draw);
  }

  static byte[] joined(byte[] begin, byte[] end) {
    byte[] both = Arrays.copyOf(begin, begin.length + end.length);
    System.arraycopy(end, 0, both, begin.length, end.length);
    return both;
  }

  static String[] joined(String[] headers, String... more) {
    String[] all = Arrays.copyOf(headers, headers.length + more.length);
    System.arraycopy(more, 0, all, headers.length, more.length);
    return all;
  }
}
