package dev.sixin.api;

import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCall.Listener;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;

/// Reads the request of a call that is answered by a stream as Armeria reads that of any other: its
/// first message counts, and none is refused. The stubs would answer INTERNAL to both, as if it
/// were the server's fault.
final class WholeRequest implements ServerInterceptor {
  @Override
  public <I, O> Listener<I> interceptCall(
      ServerCall<I, O> call, Metadata headers, ServerCallHandler<I, O> next) {
    Listener<I> listener = next.startCall(call, headers);
    return call.getMethodDescriptor().getType() == MethodType.SERVER_STREAMING
        ? new Held<>(call, listener)
        : listener;
  }

  private static final class Held<I> extends SimpleForwardingServerCallListener<I> {
    private final ServerCall<I, ?> call;
    private boolean came;

    Held(ServerCall<I, ?> call, Listener<I> listener) {
      super(listener);
      this.call = call;
    }

    @Override
    public void onMessage(I message) {
      if (!came) {
        came = true;
        super.onMessage(message);
      }
    }

    @Override
    public void onHalfClose() {
      if (came) {
        super.onHalfClose();
      } else {
        StatusRuntimeException error =
            Errors.notWhole(ServiceRequestContext.current().request().headers());
        call.close(error.getStatus(), error.getTrailers());
      }
    }
  }
}
