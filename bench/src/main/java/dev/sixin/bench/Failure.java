package dev.sixin.bench;

/// A run that can not go on; the message says why in one line.
final class Failure extends RuntimeException {
  Failure(String message) {
    super(message);
  }
}
