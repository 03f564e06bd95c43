package dev.sixin.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.api.AnnotationsProto;
import com.google.api.HttpRule;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.sixin.proto.rpc.Status;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServerCall.Listener;
import io.grpc.ServerMethodDefinition;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/// One of the site's calls as HTTP and JSON: a POST to the path that its `google.api.http`
/// annotation names. The message is read from the JSON and given to the same code as one that came
/// by gRPC.
public final class JsonApi<I extends Message, O extends Message> implements HttpService {
  /// JsonFormat by itself reads comments, values after the end, and of two members the last.
  private static final JsonMapper STRICT =
      JsonMapper.builder(
              JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Calls calls;
  private final ServerMethodDefinition<I, O> method;
  private final HttpRule rule;

  private JsonApi(Calls calls, ServerMethodDefinition<I, O> method) {
    this.calls = calls;
    this.method = method;
    this.rule = rule(descriptor(method));
  }

  /// Adds all calls of a service that only the site may make.
  public static void addTo(ServerBuilder server, Calls calls, BindableService service) {
    for (ServerMethodDefinition<?, ?> method : service.bindService().getMethods()) {
      add(server, calls, messages(method));
    }
  }

  /// All our messages are of protobuf.
  @SuppressWarnings("unchecked")
  private static ServerMethodDefinition<Message, Message> messages(
      ServerMethodDefinition<?, ?> method) {
    return (ServerMethodDefinition<Message, Message>) method;
  }

  private static void add(
      ServerBuilder server, Calls calls, ServerMethodDefinition<Message, Message> method) {
    JsonApi<Message, Message> api = new JsonApi<>(calls, method);
    server
        .route()
        .post(api.rule.getPost())
        .errorHandler(Envelope.errors(JsonApi::failed))
        .build(api);
  }

  private static MethodDescriptor descriptor(ServerMethodDefinition<?, ?> method) {
    return ((ProtoMethodDescriptorSupplier) method.getMethodDescriptor().getSchemaDescriptor())
        .getMethodDescriptor();
  }

  /// How a call looks as HTTP.
  static HttpRule rule(MethodDescriptor method) {
    return method.getOptions().getExtension(AnnotationsProto.http);
  }

  @Override
  public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
    RequestHeaders headers = request.headers();
    if (!calls.hasRoom()) {
      return refusal(headers, Errors.overloaded(headers));
    }
    try {
      calls.requireAdmin(headers);
    } catch (Refusal e) {
      return Envelope.afterAll(request, refusal(headers, e));
    }
    AtomicLong length = new AtomicLong();
    CompletableFuture<HttpResponse> answer =
        request
            .mapData(data -> upTo(GrpcApi.MAX_FRAME_BYTES, length, data))
            .aggregate()
            .thenComposeAsync(
                whole ->
                    length.get() > GrpcApi.MAX_FRAME_BYTES
                        ? CompletableFuture.completedFuture(tooLong(headers))
                        : call(headers, whole.content()),
                context.blockingTaskExecutor());
    return HttpResponse.of(answer);
  }

  /// The data as long as there is not too much of it: the rest is read, for the caller listens only
  /// then, but not kept.
  private static HttpData upTo(int most, AtomicLong length, HttpData data) {
    if (length.addAndGet(data.length()) <= most) {
      return data;
    }
    data.close();
    return HttpData.empty();
  }

  private CompletableFuture<HttpResponse> call(RequestHeaders headers, HttpData body) {
    I request;
    try {
      request = message(body);
    } catch (Refusal e) {
      return CompletableFuture.completedFuture(refusal(headers, e));
    }
    JsonCall<I, O> call = new JsonCall<>(method.getMethodDescriptor(), rule, headers);
    Listener<I> listener = method.getServerCallHandler().startCall(call, new Metadata());
    call.tells(listener);
    listener.onMessage(request);
    listener.onHalfClose();
    return call.answer();
  }

  @SuppressWarnings("unchecked") // a prototype's builder builds what it is the prototype of
  private I message(HttpData body) {
    PrototypeMarshaller<I> marshaller =
        (PrototypeMarshaller<I>) method.getMethodDescriptor().getRequestMarshaller();
    Message.Builder builder = marshaller.getMessagePrototype().newBuilderForType();
    try {
      STRICT.readTree(body.array());
      JsonFormat.parser().merge(body.toString(StandardCharsets.UTF_8), builder);
      return (I) builder.build();
    } catch (JsonProcessingException e) {
      throw Refusal.of(Code.BAD_REQUEST, "the body: not JSON: " + e.getOriginalMessage());
    } catch (InvalidProtocolBufferException e) {
      throw Refusal.of(Code.BAD_REQUEST, "the body: " + e.getMessage());
    } catch (IOException e) {
      throw Refusal.of(Code.BAD_REQUEST, "the body: not UTF-8");
    }
  }

  private static HttpResponse refusal(RequestHeaders headers, Throwable thrown) {
    Status told = Errors.told(headers, thrown);
    return Envelope.of(Envelope.httpStatus(told), told);
  }

  private static HttpResponse tooLong(RequestHeaders headers) {
    Refusal refusal =
        Refusal.of(
            Code.BAD_REQUEST,
            "the body: too long (expected: at most %d bytes)".formatted(GrpcApi.MAX_FRAME_BYTES));
    return Envelope.of(HttpStatus.REQUEST_ENTITY_TOO_LARGE, Errors.told(headers, refusal));
  }

  /// The answer to a call that ended before it was one.
  private static HttpResponse failed(RequestHeaders headers, Throwable cause) {
    return cause instanceof ContentTooLargeException
        ? tooLong(headers)
        : refusal(headers, Errors.overloaded(headers));
  }
}
