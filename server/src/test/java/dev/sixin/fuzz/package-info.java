/// What the server makes of bytes that nobody means. Start reading at [dev.sixin.fuzz.Entrance]:
/// the ways in, and how an input is read as a request. [dev.sixin.fuzz.Stage] is the server and
/// what must be true of every answer; [dev.sixin.fuzz.Fuzz] is what the fuzzer calls;
/// [dev.sixin.fuzz.FuzzIT] runs it, [dev.sixin.fuzz.FindingsTest] replays what it found.
/// docs/fuzzing.md has the commands.
package dev.sixin.fuzz;
