package dev.sixin;

/// How the lines of the log look.
enum LogFormat {
  /// For people.
  text,
  /// A JSON object a line, for programs.
  json;

  /// Has all that is logged look so. Nothing may have been logged before.
  void use() {
    System.setProperty("sixin.log.format", name()); // logback.xml reads it
  }
}
