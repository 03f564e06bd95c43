package dev.sixin.session;

import java.util.EnumSet;
import java.util.Set;

/// Which sessions a list shows, and how.
///
/// @param folders whose sessions it shows
/// @param pinnedFirst whether pinned sessions stand before all others on the first page
/// @param byAck whether it is ordered by when sessions were read, in place of when they had news
public record SessionList(Set<Folder> folders, boolean pinnedFirst, boolean byAck) {
  /// The list with a number of `ReqGetSessions.session_type` (0 is read as 4).
  ///
  /// @param foldStrangers leaves sessions out of 1 and 4 that can be folded
  /// @param sortRule 3 orders the lists other than 4 by when they were read
  /// @return null when there is no such list
  public static SessionList numbered(int number, boolean foldStrangers, int sortRule) {
    Set<Folder> folders =
        switch (number) {
          case 0, 1, 4 -> EnumSet.copyOf(Folder.NOT_DUSTBIN);
          case 2 -> EnumSet.of(Folder.TRUSTED, Folder.STRANGER);
          case 3 -> EnumSet.noneOf(Folder.class); // groups; they are not built yet
          case 5 -> EnumSet.of(Folder.DUSTBIN);
          default -> null;
        };
    if (folders == null) {
      return null;
    }
    boolean main = number == 0 || number == 1 || number == 4;
    if (main && foldStrangers) {
      folders.remove(Folder.STRANGER);
    }
    return new SessionList(folders, main, sortRule == 3 && number != 0 && number != 4);
  }

  /// This list with nobody in it but system accounts and those whom the user follows.
  public SessionList followedOnly() {
    EnumSet<Folder> followed = EnumSet.noneOf(Folder.class);
    folders.stream().filter(Folder::isFollowed).forEach(followed::add);
    return new SessionList(followed, pinnedFirst, byAck);
  }
}
