package dev.sixin.model;

/// What a server keeps of messages.
///
/// @param days how many days; 0: for ever
/// @param messages how many that count of each conversation; 0: all
record Keep(int days, int messages) {
  static final Keep ALL = new Keep(0, 0);
}
