package dev.sixin.api;

import com.google.api.AnnotationsProto;
import com.google.api.HttpRule;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Message;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.sixin.refusal.Refusal;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServerCall.Listener;
import io.grpc.ServerMethodDefinition;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import java.util.concurrent.CompletableFuture;

/// One of the site's calls as HTTP and JSON: a POST to the path that its `google.api.http`
/// annotation names. The message is read from the JSON and given to the same code as one that came
/// by gRPC.
public final class JsonApi<I extends Message, O extends Message> implements HttpService {
  /// What a stream of JSON values, a line each, is called.
  public static final MediaType JSON_LINES = MediaType.create("application", "jsonl");

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
    server.route().post(api.rule.getPost()).errorHandler(Bodies.errors(JsonApi::failed)).build(api);
  }

  private static MethodDescriptor descriptor(ServerMethodDefinition<?, ?> method) {
    return ((ProtoMethodDescriptorSupplier) method.getMethodDescriptor().getSchemaDescriptor())
        .getMethodDescriptor();
  }

  /// How a call looks as HTTP.
  public static HttpRule rule(MethodDescriptor method) {
    return method.getOptions().getExtension(AnnotationsProto.http);
  }

  @Override
  public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
    RequestHeaders headers = request.headers();
    if (!calls.hasRoom()) {
      calls.refused();
      return JsonErrors.of(headers, Errors.overloaded(headers));
    }
    try {
      calls.requireAdmin(headers);
    } catch (Refusal e) {
      return Bodies.afterAll(request, JsonErrors.of(headers, e));
    }
    return HttpResponse.of(
        Bodies.whole(request, GrpcApi.MAX_FRAME_BYTES)
            .thenComposeAsync(
                whole -> call(headers, whole.content()), context.blockingTaskExecutor())
            .exceptionally(thrown -> JsonErrors.of(headers, thrown)));
  }

  private CompletableFuture<HttpResponse> call(RequestHeaders headers, HttpData body) {
    PrototypeMarshaller<I> marshaller =
        (PrototypeMarshaller<I>) method.getMethodDescriptor().getRequestMarshaller();
    I request = StrictJson.read("the body", body.array(), marshaller.getMessagePrototype());
    JsonCall<I, O> call = new JsonCall<>(method.getMethodDescriptor(), rule, headers);
    Listener<I> listener = method.getServerCallHandler().startCall(call, new Metadata());
    call.tells(listener);
    listener.onMessage(request);
    listener.onHalfClose();
    return call.answer();
  }

  /// The answer to a call that Armeria ended.
  private static HttpResponse failed(RequestHeaders headers, Throwable cause) {
    return JsonErrors.of(
        headers, cause instanceof ContentTooLargeException ? cause : Errors.overloaded(headers));
  }
}
