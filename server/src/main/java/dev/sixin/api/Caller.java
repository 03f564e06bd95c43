package dev.sixin.api;

import dev.sixin.proto.type.MsgSource;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import dev.sixin.token.Verified;

/// The user who makes a call.
///
/// @param uid who it is, as the token says
/// @param device the token's device, else the client's buvid, else empty
/// @param source what the user writes with, as the client's metadata say
/// @param token what the caller was known by
public record Caller(long uid, String device, MsgSource source, Verified token) {
  /// Refuses a request body that names somebody else; 0 means the caller.
  void mustBe(String field, long uidInBody) {
    if (uidInBody != 0 && uidInBody != uid) {
      throw Refusal.of(Code.FORBIDDEN, field + ": another user's (expected: the caller's, or 0)");
    }
  }
}
