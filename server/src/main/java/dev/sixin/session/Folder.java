package dev.sixin.session;

import dev.sixin.entity.rows.SessionRow;
import dev.sixin.proto.type.SessionInfo;
import java.util.EnumSet;
import java.util.Set;

/// Where in its owner's inbox a session stands. Each session is in one folder; a list is a few
/// folders merged.
public enum Folder {
  /// A user whom the owner follows.
  FOLLOWED(0),
  /// A system account.
  SYSTEM(1),
  /// A user not followed whom the owner took out of the dustbin for good.
  TRUSTED(2),
  /// Any other user not followed.
  STRANGER(3),
  /// Intercepted.
  DUSTBIN(4);

  private final int code;

  Folder(int code) {
    this.code = code;
  }

  /// The byte that stands for it in stored keys.
  int code() {
    return code;
  }

  static final Set<Folder> NOT_DUSTBIN = EnumSet.complementOf(EnumSet.of(DUSTBIN));

  /// The folder of a session.
  static Folder of(SessionRow session) {
    SessionInfo info = session.getInfo();
    if (info.getIsIntercept() != 0) {
      return DUSTBIN;
    }
    if (info.getSystemMsgType() != 0) {
      return SYSTEM;
    }
    if (info.getIsFollow() != 0) {
      return FOLLOWED;
    }
    return info.getIsTrust() != 0 ? TRUSTED : STRANGER;
  }

  /// Whether its sessions count as those of people whom the owner follows.
  public boolean isFollowed() {
    return this == FOLLOWED || this == SYSTEM;
  }
}
