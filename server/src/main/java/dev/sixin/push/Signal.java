package dev.sixin.push;

/// What a watcher is told.
public sealed interface Signal permits Notice, Moment, End {}
