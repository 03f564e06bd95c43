package dev.sixin.refusal;

import java.util.Optional;

/// An expected outcome that is not success. It ends a call, and the transaction if there is one,
/// without a trace.
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Code code;

  private Refusal(Code code, String detail) {
    super(detail, null, false, false);
    this.code = code;
  }

  /// A refusal that the code alone explains.
  public static Refusal of(Code code) {
    return new Refusal(code, code.english());
  }

  /// A refusal for developers to understand: what was given and what was expected. It is logged and
  /// shown by our own tools, not to the person.
  public static Refusal of(Code code, String detail) {
    return new Refusal(code, detail);
  }

  /// Throws BAD_PARAMETER unless a number lies between two, both included.
  public static long require(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw of(
          Code.BAD_PARAMETER, "%s: %d (expected: %d to %d)".formatted(name, value, least, most));
    }
    return value;
  }

  /// Throws a refusal if there is one.
  public static void throwIf(Optional<Refusal> refusal) {
    if (refusal.isPresent()) {
      throw refusal.get();
    }
  }

  /// Why.
  public Code code() {
    return code;
  }
}
