package dev.sixin.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.sixin.TestServer;
import dev.sixin.proto.im.ReqSendMsg;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What tools learn from the server about its interface: server reflection, and the pages for
/// people.
class ReflectionTest {
  private static final Pattern GRPCURL =
      Pattern.compile("grpcurl -plaintext -H '([a-z]+): (.+?)' -d '(.+?)' ([0-9.]+):([0-9]+) (.+)");

  private static TestServer server;
  private static String printed;
  private static WireClient client;

  @BeforeAll
  static void start() {
    server = TestServer.start();
    printed = server.demo();
    client = new WireClient(server, Transport.HTTP2);
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  /// Asks as grpcurl does; it tries v1 first and v1alpha, whose messages are the same, after it.
  private static ServerReflectionResponse ask(
      String version, ServerReflectionRequest.Builder question) {
    String path = "/grpc.reflection." + version + ".ServerReflection/ServerReflectionInfo";
    return client
        .call(path, Frames.frame(question.build()))
        .message(ServerReflectionResponse.parser());
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "v1alpha"})
  void reflection_listsTheServices(String version) {
    ServerReflectionResponse answer =
        ask(version, ServerReflectionRequest.newBuilder().setListServices(""));

    assertThat(answer.getListServicesResponse().getServiceList())
        .extracting(ServiceResponse::getName)
        .contains(
            "bilibili.im.interface.v1.ImInterface",
            "bilibili.broadcast.message.im.Notify",
            "sixin.admin.v1.Admin");
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "v1alpha"})
  void grpcurlLineOfTheDemo_works(String version)
      throws InvalidProtocolBufferException, DescriptorValidationException {
    Matcher line = GRPCURL.matcher(printed);
    assertThat(line.find()).as(printed).isTrue();
    assertThat(line.group(5)).isEqualTo(Integer.toString(server.port()));
    List<String> names = List.of(line.group(6).split("/", 2));

    MethodDescriptor method = service(version, names.get(0)).findMethodByName(names.get(1));
    DynamicMessage.Builder request = DynamicMessage.newBuilder(method.getInputType());
    JsonFormat.parser().merge(line.group(3), request);
    Answer answer =
        client.call(
            "/" + line.group(6), Frames.frame(request.build()), line.group(1), line.group(2));

    assertThat(answer.isOk()).as("%s", answer).isTrue();
    DynamicMessage sessions =
        DynamicMessage.parseFrom(
            method.getOutputType(), Frames.content(answer.body().toByteArray()));
    assertThat(JsonFormat.printer().print(sessions)).contains("\"sessionList\": [{", "talkerId");
  }

  /// The service as what the server says about its files describes it.
  private static ServiceDescriptor service(String version, String name)
      throws DescriptorValidationException, InvalidProtocolBufferException {
    Map<String, FileDescriptorProto> files = new HashMap<>();
    ServerReflectionResponse answer =
        ask(version, ServerReflectionRequest.newBuilder().setFileContainingSymbol(name));
    for (ByteString bytes : answer.getFileDescriptorResponse().getFileDescriptorProtoList()) {
      FileDescriptorProto file = FileDescriptorProto.parseFrom(bytes);
      files.put(file.getName(), file);
    }
    for (FileDescriptorProto file : files.values()) {
      FileDescriptor built = build(version, file, files);
      ServiceDescriptor service =
          built.findServiceByName(name.substring(name.lastIndexOf('.') + 1));
      if (service != null && service.getFullName().equals(name)) {
        return service;
      }
    }
    throw new AssertionError(name + " is in none of " + files.keySet());
  }

  private static FileDescriptor build(
      String version, FileDescriptorProto file, Map<String, FileDescriptorProto> known)
      throws DescriptorValidationException, InvalidProtocolBufferException {
    FileDescriptor[] imports = new FileDescriptor[file.getDependencyCount()];
    for (int i = 0; i < imports.length; i++) {
      String name = file.getDependency(i);
      FileDescriptorProto imported = known.get(name);
      if (imported == null) {
        ServerReflectionResponse answer =
            ask(version, ServerReflectionRequest.newBuilder().setFileByFilename(name));
        imported =
            FileDescriptorProto.parseFrom(
                answer.getFileDescriptorResponse().getFileDescriptorProto(0));
      }
      imports[i] = build(version, imported, known);
    }
    return FileDescriptor.buildFrom(file, imports);
  }

  @Test
  void whatReflectionDescribes_isWhatTheStubsAreMadeOf()
      throws DescriptorValidationException, InvalidProtocolBufferException {
    ServiceDescriptor service = service("v1", "bilibili.im.interface.v1.ImInterface");

    assertThat(service.getMethods()).hasSize(26);
    assertThat(service.findMethodByName("SendMsg").getInputType().toProto())
        .isEqualTo(ReqSendMsg.getDescriptor().toProto());
  }

  // --- pages for people

  private static Answer get(WireClient from, String path) {
    return from.request("GET", path, new byte[0]);
  }

  @Test
  void docs_areServedAndShowOurComments() {
    Answer page = get(client, "/docs/");
    assertThat(page.httpStatus()).isEqualTo(200);
    assertThat(page.header("content-type")).startsWith("text/html");

    String specification = get(client, "/docs/specification.json").body().toString(UTF_8);
    assertThat(specification)
        .contains("bilibili.im.interface.v1.ImInterface", "sixin.admin.v1.Admin")
        .contains("Sends one message, or takes one back (msg_type 5).") // of a call
        .contains("The message. What the server sets itself") // of a field
        .contains("Creates or replaces profiles."); // of the admin service
  }

  @Test
  void docs_canBeSwitchedOff() {
    try (TestServer quiet = TestServer.start("--docs=false");
        WireClient other = new WireClient(quiet, Transport.HTTP2)) {
      for (String path : List.of("/docs", "/docs/", "/docs/specification.json")) {
        assertThat(get(other, path).httpStatus()).as(path).isEqualTo(404);
      }
    }
  }
}
