package dev.sixin.api.web;

import com.linecorp.armeria.common.HttpMethod;
import dev.sixin.api.Caller;
import java.util.concurrent.CompletionStage;

/// One call of the web dialect.
///
/// @param method GET for calls that read, POST for calls that write
/// @param rule what answers it: a message, or what [Json] can write
record Route<T>(HttpMethod method, String path, Rule<T> rule) {
  /// What answers a call.
  @FunctionalInterface
  interface Rule<T> {
    CompletionStage<T> answer(Caller caller, WebCall call);
  }

  boolean writes() {
    return method == HttpMethod.POST;
  }
}
