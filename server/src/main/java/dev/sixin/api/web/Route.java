package dev.sixin.api.web;

import com.google.protobuf.Message;
import com.linecorp.armeria.common.HttpMethod;
import dev.sixin.api.Caller;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// One call of the web dialect.
///
/// @param method GET for calls that read, POST for calls that write
/// @param call what it is called, takes and answers
/// @param parameters the fields of its request that can be given
/// @param rule what answers it
public record Route<Q extends Message, A extends Message>(
    HttpMethod method,
    String path,
    MethodDescriptor<Q, A> call,
    List<Parameter> parameters,
    Rule<Q, A> rule) {
  /// What answers a call.
  @FunctionalInterface
  interface Rule<Q, A> {
    CompletionStage<A> answer(Caller caller, Q request, WebCall call);
  }

  static <Q extends Message, A extends Message> Route<Q, A> of(
      HttpMethod method, String path, MethodDescriptor<Q, A> call, Rule<Q, A> rule) {
    List<Parameter> parameters = Parameter.of(emptyRequest(call).getDescriptorForType());
    return new Route<>(method, path, call, parameters, rule);
  }

  /// A call that takes nothing.
  static <Q extends Message, A extends Message> Route<Q, A> ofNothing(
      HttpMethod method, String path, MethodDescriptor<Q, A> call, Rule<Q, A> rule) {
    return new Route<>(method, path, call, List.of(), rule);
  }

  /// Whether it may change something.
  public boolean writes() {
    return method == HttpMethod.POST;
  }

  /// Its description in the .proto files.
  public com.google.protobuf.Descriptors.MethodDescriptor descriptor() {
    return ((ProtoMethodDescriptorSupplier) call.getSchemaDescriptor()).getMethodDescriptor();
  }

  Q emptyRequest() {
    return emptyRequest(call);
  }

  /// All our messages are of protobuf.
  private static <Q> Q emptyRequest(MethodDescriptor<Q, ?> call) {
    return ((PrototypeMarshaller<Q>) call.getRequestMarshaller()).getMessagePrototype();
  }
}
