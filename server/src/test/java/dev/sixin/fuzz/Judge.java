package dev.sixin.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sixin.api.Answer;
import dev.sixin.refusal.Code;
import io.grpc.Status;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/// What may be answered to a request that is not legal: the documented refusals that are the
/// caller's fault, and none that are the server's. Each answers whether the call was refused.
final class Judge {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int FIRST_FAULT = 500;
  private static final Set<Integer> CODES =
      EnumSet.complementOf(EnumSet.of(Code.SERVER_FAULT, Code.SYSTEM_ERROR, Code.OVERLOADED))
          .stream()
          .map(Code::number)
          .collect(Collectors.toSet());

  private Judge() {}

  /// An answer to a gRPC call; without a gRPC status it is one to what is no gRPC call.
  static boolean grpc(Answer answer) {
    if (answer.grpc("grpc-status") == null) {
      return http(answer);
    }
    Status.Code status = answer.grpcStatus();
    switch (status) {
      case OK, UNIMPLEMENTED -> {
        // nothing more is said
      }
      case UNKNOWN, UNAUTHENTICATED, RESOURCE_EXHAUSTED ->
          assertThat(answer.error().getCode()).as("%s", answer).isIn(CODES);
      default -> throw new AssertionError("gRPC status %s: %s".formatted(status, answer));
    }
    return status != Status.Code.OK;
  }

  /// An answer with an envelope.
  static boolean envelope(Answer answer) {
    assertThat(answer.httpStatus()).as("%s", answer).isLessThan(FIRST_FAULT);
    JsonNode code = json(answer).path("code");
    assertThat(code.isInt()).as("a code in %s", answer).isTrue();
    if (code.intValue() != 0) {
      assertThat(code.intValue()).as("%s", answer).isIn(CODES);
    }
    return code.intValue() != 0;
  }

  /// An answer of the site's calls: an envelope when they are refused.
  static boolean site(Answer answer) {
    if (answer.httpStatus() == 200) {
      return false;
    }
    return envelope(answer);
  }

  /// Any answer over HTTP.
  static boolean http(Answer answer) {
    assertThat(answer.httpStatus()).as("%s", answer).isBetween(200, FIRST_FAULT - 1);
    return answer.httpStatus() >= 400;
  }

  static JsonNode json(Answer answer) {
    try {
      return JSON.readTree(answer.body().toByteArray());
    } catch (IOException e) {
      throw new AssertionError("no JSON: " + answer, e);
    }
  }
}
