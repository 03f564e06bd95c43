package dev.sixin.session;

import java.util.EnumSet;
import java.util.Set;

/// Which sessions a list shows, and how.
///
/// @param folders whose sessions with users it shows
/// @param groups whether it shows sessions with groups
/// @param pinnedFirst whether pinned sessions stand before all others on the first page
/// @param order what it is ordered by
public record SessionList(Set<Folder> folders, boolean groups, boolean pinnedFirst, By order) {
  /// What a list is ordered by.
  public enum By {
    /// When sessions last had news, newest first.
    NEWS,
    /// When they were last read, newest first.
    ACK,
    /// When their owner joined, oldest first. For groups.
    JOIN
  }

  /// The greatest number of a list.
  public static final int MOST = 5;

  /// The greatest number of a list of the web dialect.
  public static final int MOST_ON_WEB = 9;

  /// People not followed; whoever shows it leaves out official accounts.
  public static final int UNOFFICIAL_STRANGERS = 8;

  private static final int MAIN = 1;
  private static final int STRANGERS = 2;
  private static final int GROUPS = 3;
  private static final int ALL = 4;
  private static final int DUSTBIN = 5;
  private static final int ORDERS = 6;
  private static final int SYSTEM = 7;
  private static final int FOLLOWED = 9;

  /// The list with a number of `ReqGetSessions.session_type` (0 is read as 4).
  ///
  /// @param foldStrangers leaves sessions out of 1 and 4 that can be folded
  /// @param foldGroups leaves groups out of 1 and 4
  /// @param number 0 to 9
  /// @param sortRule 3 orders the lists other than 4 and 7 by when they were read; 1 and 2 by news;
  ///   else list 3 is ordered by joining
  public static SessionList numbered(
      int number, boolean foldStrangers, boolean foldGroups, int sortRule) {
    By order = sortRule == 3 ? By.ACK : By.NEWS;
    return switch (number) {
      case 0, ALL -> main(foldStrangers, foldGroups, By.NEWS);
      case MAIN -> main(foldStrangers, foldGroups, order);
      case STRANGERS, UNOFFICIAL_STRANGERS ->
          users(EnumSet.of(Folder.TRUSTED, Folder.STRANGER), order);
      case GROUPS ->
          new SessionList(
              EnumSet.noneOf(Folder.class),
              true,
              false,
              sortRule >= 1 && sortRule <= 3 ? order : By.JOIN);
      case DUSTBIN -> users(EnumSet.of(Folder.DUSTBIN), order);
      case ORDERS -> users(EnumSet.noneOf(Folder.class), By.NEWS); // business orders: we have none
      case SYSTEM -> users(EnumSet.of(Folder.SYSTEM), By.NEWS);
      case FOLLOWED -> users(EnumSet.of(Folder.FOLLOWED, Folder.SYSTEM), order);
      default -> throw new IllegalArgumentException("list " + number);
    };
  }

  private static SessionList users(Set<Folder> folders, By order) {
    return new SessionList(folders, false, false, order);
  }

  private static SessionList main(boolean foldStrangers, boolean foldGroups, By order) {
    Set<Folder> folders = EnumSet.copyOf(Folder.NOT_DUSTBIN);
    if (foldStrangers) {
      folders.remove(Folder.STRANGER);
    }
    return new SessionList(folders, !foldGroups, true, order);
  }

  /// All that is new, whatever the folder: what polling clients are told of.
  static SessionList news() {
    return main(false, false, By.NEWS);
  }

  /// People: no groups, no system accounts, nobody intercepted.
  public static SessionList people() {
    return users(EnumSet.of(Folder.FOLLOWED, Folder.TRUSTED, Folder.STRANGER), By.NEWS);
  }

  /// This list with nobody in it but system accounts and those whom the user follows.
  public SessionList followedOnly() {
    EnumSet<Folder> followed = EnumSet.noneOf(Folder.class);
    folders.stream().filter(Folder::isFollowed).forEach(followed::add);
    return new SessionList(followed, false, pinnedFirst, order);
  }

  /// A pinned stranger is never folded away.
  boolean showsPinned(Folder folder) {
    return folders.contains(folder)
        || (folder == Folder.STRANGER && folders.contains(Folder.TRUSTED));
  }
}
