package dev.sixin.api.web;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.util.Exceptions;
import com.linecorp.armeria.server.RequestTimeoutException;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.sixin.api.Connections;
import dev.sixin.api.Envelope;
import dev.sixin.refusal.Code;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What no call answers: paths that do not exist, requests that can not be read, faults. It has its
/// HTTP status and, unless it is gRPC, the envelope. Faults are logged.
final class OtherErrors implements ServerErrorHandler {
  private static final Logger log = LoggerFactory.getLogger(OtherErrors.class);

  /// In place of the headers of a request whose first line already can not be read.
  private static final RequestHeaders UNREADABLE = RequestHeaders.of(HttpMethod.GET, "/");

  @Override
  public HttpResponse onServiceException(ServiceRequestContext context, Throwable cause) {
    if (cause instanceof RequestTimeoutException) {
      Connections.tookTooLong(context);
    }
    return null; // the default asks for renderStatus
  }

  @Override
  public AggregatedHttpResponse renderStatus(
      ServiceRequestContext context,
      ServiceConfig config,
      RequestHeaders headers,
      HttpStatus status,
      String description,
      Throwable cause) {
    RequestHeaders known = headers == null ? UNREADABLE : headers;
    if (isGrpc(known.contentType()) || status.code() < 400) {
      return null;
    }
    boolean isFault = status.equals(HttpStatus.INTERNAL_SERVER_ERROR);
    boolean wentAway = cause != null && Exceptions.isExpected(Exceptions.peel(cause));
    if (isFault && !wentAway) {
      log.error("a request failed", cause);
    }
    return AggregatedHttpResponse.of(Envelope.headers(status), Replies.error(known, code(status)));
  }

  private static boolean isGrpc(MediaType type) {
    return type != null && type.subtype().startsWith("grpc");
  }

  private static Code code(HttpStatus status) {
    if (status.equals(HttpStatus.NOT_FOUND)) {
      return Code.NOT_FOUND;
    }
    if (status.equals(HttpStatus.SERVICE_UNAVAILABLE)) {
      return Code.SYSTEM_ERROR;
    }
    return status.isServerError() ? Code.SERVER_FAULT : Code.BAD_REQUEST;
  }
}
