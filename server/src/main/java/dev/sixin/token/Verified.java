package dev.sixin.token;

/// What a token whose signature is good says.
///
/// @param uid whose token it is
/// @param device the device that it was issued for; empty: any
/// @param issuedMicros when it was issued, in microseconds since 1970
/// @param expiresSeconds when it ends, in seconds since 1970
public record Verified(long uid, String device, long issuedMicros, long expiresSeconds) {}
