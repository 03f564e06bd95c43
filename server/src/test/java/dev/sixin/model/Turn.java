package dev.sixin.model;

/// A step and what is looked at after it.
///
/// @param look decides which reads are compared; with the step, so that it stays the same when
///   other steps are left out
record Turn(Step step, long look) {}
