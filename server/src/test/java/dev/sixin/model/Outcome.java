package dev.sixin.model;

import io.grpc.StatusRuntimeException;
import java.util.function.Supplier;

/// How a call ended.
///
/// @param answer what was answered, null if the call was refused
/// @param code what it was refused with, else 0
record Outcome<T>(T answer, int code) {
  /// Makes a call, to the server or to the model.
  static <T> Outcome<T> of(Supplier<T> call) {
    try {
      return new Outcome<>(call.get(), 0);
    } catch (Refused refused) {
      return new Outcome<>(null, refused.code());
    } catch (StatusRuntimeException e) {
      return new Outcome<>(null, Integer.parseInt(e.getStatus().getDescription()));
    }
  }
}
