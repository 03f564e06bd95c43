package dev.sixin.model;

/// That a call must be refused with a code.
final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int code;

  Refused(int code) {
    super("refused with " + code);
    this.code = code;
  }

  int code() {
    return code;
  }
}
