package dev.sixin.session;

import static dev.sixin.session.Inbox.TABLE;

import dev.sixin.entity.Talker;
import dev.sixin.entity.rows.SessionRow;
import dev.sixin.session.Sessions.Page;
import dev.sixin.store.Order;
import dev.sixin.store.Range;
import dev.sixin.store.Row;
import dev.sixin.store.Rows;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// Lists of an inbox as it is at one moment. The cost of a page depends on its size, not on the
/// inbox's.
final class Listing {
  private static final int MAX_PINS = 64;

  /// How many rows an order that must be filtered may be walked for one page.
  private static final int MAX_WALK = 10_000;

  private static final int CHUNK = 256;

  /// Folder, then time: where the time stands in a row of the order.
  private static final int TIME_IN_ORDER = 2;

  private final Rows rows;

  Listing(Rows rows) {
    this.rows = rows;
  }

  Page page(SessionList list, Window window, int size) {
    if (!list.pinnedFirst()) {
      return list.byAck() ? byAck(list, window, size, Set.of()) : bySession(list, window, size);
    }
    List<SessionRow> pinned =
        rows.scan(TABLE, Range.prefix(Inbox.PINNED), Order.ASCENDING, MAX_PINS).stream()
            .map(this::load)
            .filter(session -> isShownPinned(list, session))
            .toList();
    Set<Talker> above = new HashSet<>();
    pinned.forEach(session -> above.add(talker(session)));
    Page rest =
        list.byAck()
            ? byAck(list, window, size, above)
            : without(above, bySession(list, window, size + above.size()), size);
    if (window.endMicros() != 0) {
      return rest;
    }
    List<SessionRow> sessions = new ArrayList<>(pinned);
    sessions.addAll(rest.sessions());
    return new Page(sessions, rest.hasMore());
  }

  /// A pinned stranger is never folded away.
  private static boolean isShownPinned(SessionList list, SessionRow session) {
    Folder folder = Folder.of(session);
    return list.folders().contains(folder)
        || (folder == Folder.STRANGER && list.folders().contains(Folder.TRUSTED));
  }

  private static Page without(Set<Talker> above, Page page, int size) {
    List<SessionRow> others =
        page.sessions().stream().filter(session -> !above.contains(talker(session))).toList();
    boolean cut = others.size() > size;
    return new Page(cut ? others.subList(0, size) : others, cut || page.hasMore());
  }

  private Page bySession(SessionList list, Window window, int size) {
    return page(merged(list.folders(), window, size + 1, Order.ASCENDING), size);
  }

  Page newer(long beginMicros, int size, boolean followedOnly) {
    Set<Folder> folders = new HashSet<>(Folder.NOT_DUSTBIN);
    folders.removeIf(folder -> followedOnly && !folder.isFollowed());
    // Times descend in the keys, so the oldest come from the far end.
    List<Row> oldestFirst = merged(folders, Window.after(beginMicros), size + 1, Order.DESCENDING);
    return oldest(oldestFirst, size);
  }

  Page acked(Window window, int size) {
    List<Row> oldestFirst = rows.scan(TABLE, window.rows(Inbox.ACKED), Order.DESCENDING, size + 1);
    return oldest(oldestFirst, size);
  }

  private Page oldest(List<Row> oldestFirst, int size) {
    Page page = page(oldestFirst, size);
    return new Page(page.sessions().reversed(), page.hasMore());
  }

  private Page page(List<Row> ordered, int size) {
    return new Page(ordered.stream().limit(size).map(this::load).toList(), ordered.size() > size);
  }

  /// The first rows of several folders' orders as one order.
  private List<Row> merged(Set<Folder> folders, Window window, int limit, Order order) {
    List<Row> found = new ArrayList<>();
    for (Folder folder : folders) {
      found.addAll(rows.scan(TABLE, window.rows(Inbox.ORDER.u8(folder.code())), order, limit));
    }
    Comparator<Row> newestFirst = Comparator.comparing(row -> row.key().after(TIME_IN_ORDER));
    found.sort(order == Order.ASCENDING ? newestFirst : newestFirst.reversed());
    return found.size() > limit ? found.subList(0, limit) : found;
  }

  /// Ordered by when they were read; those never read come last, by their news.
  private Page byAck(SessionList list, Window window, int size, Set<Talker> above) {
    Predicate<SessionRow> wanted =
        session ->
            list.folders().contains(Folder.of(session))
                && window.contains(session.getInfo().getSessionTs())
                && !above.contains(talker(session));
    List<SessionRow> found = new ArrayList<>();
    int walked = 0;
    Range left = Range.prefix(Inbox.ACKED);
    while (found.size() <= size && walked < MAX_WALK) {
      List<Row> chunk = rows.scan(TABLE, left, Order.ASCENDING, CHUNK);
      chunk.stream().map(this::load).filter(wanted).forEach(found::add);
      walked += chunk.size();
      if (chunk.size() < CHUNK) {
        break;
      }
      left = new Range(chunk.getLast().key().next(), left.to());
    }
    if (found.size() <= size) {
      merged(list.folders(), window, MAX_WALK, Order.ASCENDING).stream()
          .map(this::load)
          .filter(session -> session.getInfo().getAckTs() == 0)
          .filter(wanted)
          .limit(size + 1L - found.size())
          .forEach(found::add);
    }
    return new Page(found.stream().limit(size).toList(), found.size() > size);
  }

  private SessionRow load(Row ordered) {
    return Inbox.session(rows, Talker.atEndOf(ordered.key()));
  }

  private static Talker talker(SessionRow session) {
    return new Talker(session.getInfo().getSessionType(), session.getInfo().getTalkerId());
  }
}
