package dev.sixin.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import dev.sixin.proto.rpc.Status;
import dev.sixin.refusal.Code;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;

/// What a server answered, as it stood on the wire.
///
/// @param httpStatus the HTTP status
/// @param headers the response headers, their names in lower case
/// @param body the body; of gRPC-Web without its trailers
/// @param trailers what came after the body; of gRPC-Web the trailers within it
public record Answer(
    int httpStatus, Map<String, String> headers, ByteString body, Map<String, String> trailers) {
  public String header(String name) {
    return headers.get(name);
  }

  /// A header or trailer, wherever it stands.
  public String grpc(String name) {
    return trailers.getOrDefault(name, headers.get(name));
  }

  /// The gRPC status; fails when the answer has none.
  public io.grpc.Status.Code grpcStatus() {
    assertThat(grpc("grpc-status")).as("grpc-status of %s", this).isNotNull();
    return io.grpc.Status.fromCodeValue(Integer.parseInt(grpc("grpc-status"))).getCode();
  }

  public boolean isOk() {
    return httpStatus == 200 && grpcStatus() == io.grpc.Status.Code.OK;
  }

  public <T> T message(Parser<T> parser) {
    assertThat(isOk()).as("%s", this).isTrue();
    assertThat(Frames.isOneFrame(body.toByteArray())).as("one whole frame").isTrue();
    try {
      return parser.parseFrom(Frames.content(body.toByteArray()));
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  /// The one detail of the error, after checking all that is around it: the google.rpc.Status with
  /// the gRPC status (2 for business errors), our code as message everywhere, nothing in the body.
  public Status error() {
    assertThat(httpStatus).as("%s", this).isEqualTo(200);
    assertThat(grpc("grpc-status-details-bin")).as("details of %s", this).isNotNull();
    try {
      byte[] bytes = Base64.getDecoder().decode(grpc("grpc-status-details-bin"));
      com.google.rpc.Status outer = com.google.rpc.Status.parseFrom(bytes);
      assertThat(outer.getDetailsCount()).isEqualTo(1);
      assertThat(outer.getDetails(0).getTypeUrl())
          .isEqualTo("type.googleapis.com/bilibili.rpc.Status");
      Status error = Status.parseFrom(outer.getDetails(0).getValue());
      assertThat(outer.getCode()).isEqualTo(grpcStatus().value());
      assertThat(outer.getMessage()).isEqualTo(Integer.toString(error.getCode()));
      assertThat(grpc("grpc-message")).isEqualTo(Integer.toString(error.getCode()));
      assertThat(error.getMessage()).isNotBlank();
      assertThat(Arrays.stream(Code.values()).map(Code::number)).contains(error.getCode());
      assertThat(body.isEmpty()).isTrue();
      return error;
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  /// Asserts a refusal with a gRPC status and one of our codes.
  public void assertRefused(io.grpc.Status.Code status, int code) {
    assertThat(error().getCode()).as("%s", this).isEqualTo(code);
    assertThat(grpcStatus()).as("%s", this).isEqualTo(status);
  }

  /// Asserts a business error.
  public void assertRefused(int code) {
    assertRefused(
        code == -101 ? io.grpc.Status.Code.UNAUTHENTICATED : io.grpc.Status.Code.UNKNOWN, code);
  }
}
