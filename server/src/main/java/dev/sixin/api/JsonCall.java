package dev.sixin.api;

import com.google.api.HttpRule;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import java.util.concurrent.CompletableFuture;

/// A call whose answer is JSON. Messages go out as they come, those of a stream one after another.
final class JsonCall<I extends Message, O extends Message> extends ServerCall<I, O> {
  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer()
          .preservingProtoFieldNames()
          .includingDefaultValueFields()
          .omittingInsignificantWhitespace();

  private final MethodDescriptor<I, O> method;
  private final HttpRule rule;
  private final RequestHeaders headers;
  private final CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
  private final HttpResponseWriter writer = HttpResponse.streaming();
  private volatile Listener<I> listener;
  private volatile boolean ready = true;

  /// @param rule which part of the answers is the body
  JsonCall(MethodDescriptor<I, O> method, HttpRule rule, RequestHeaders headers) {
    this.method = method;
    this.rule = rule;
    this.headers = headers;
  }

  /// What comes of the call.
  CompletableFuture<HttpResponse> answer() {
    return answer;
  }

  /// Tells a listener when there is room for more, and when the caller went away.
  void tells(Listener<I> told) {
    listener = told;
    writer
        .whenComplete()
        .exceptionally(
            _ -> {
              told.onCancel();
              return null;
            });
  }

  @Override
  public void request(int messages) {} // there is one, and it is given at once

  @Override
  public void sendHeaders(Metadata metadata) {} // they go with the first message

  @Override
  public void sendMessage(O message) {
    begin();
    ready = false;
    boolean _ = writer.tryWrite(body(message));
    CompletableFuture<Void> _ =
        writer
            .whenConsumed()
            .thenRun(
                () -> {
                  ready = true;
                  listener.onReady();
                });
  }

  private void begin() {
    if (!answer.isDone()) {
      ResponseHeaders json = Envelope.headers(HttpStatus.OK);
      writer.write(
          rule.getResponseBody().isEmpty()
              ? json
              : json.toBuilder().contentType(JsonApi.JSON_LINES).build());
      answer.complete(writer);
    }
  }

  private HttpData body(O message) {
    try {
      if (rule.getResponseBody().isEmpty()) {
        return HttpData.ofUtf8(PRINTER.print(message) + "\n");
      }
      FieldDescriptor field =
          message.getDescriptorForType().findFieldByName(rule.getResponseBody());
      return HttpData.wrap(((ByteString) message.getField(field)).toByteArray());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a message that is no JSON", e);
    }
  }

  @Override
  public void close(io.grpc.Status status, Metadata trailers) {
    if (status.isOk()) {
      begin();
      writer.close();
    } else if (answer.isDone()) {
      writer.close(status.asRuntimeException()); // the rest is missing, and the caller sees that
    } else {
      answer.complete(JsonErrors.of(headers, trailers));
    }
  }

  @Override
  public boolean isReady() {
    return ready;
  }

  @Override
  public boolean isCancelled() {
    return writer.whenComplete().isCompletedExceptionally();
  }

  @Override
  public MethodDescriptor<I, O> getMethodDescriptor() {
    return method;
  }
}
