package dev.sixin.session;

import static dev.sixin.session.Inbox.TABLE;
import static dev.sixin.session.Inbox.talker;

import dev.sixin.entity.Entity;
import dev.sixin.entity.Talker;
import dev.sixin.entity.rows.SessionRow;
import dev.sixin.session.Sessions.Page;
import dev.sixin.store.Key;
import dev.sixin.store.Order;
import dev.sixin.store.Range;
import dev.sixin.store.Row;
import dev.sixin.store.Rows;
import dev.sixin.store.View;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Lists of an inbox as it is at one moment. The cost of a page depends on its size and on how many
/// groups the user is in, not on how many sessions there are.
final class Listing {
  static final int MAX_GROUPS = 5_000;
  private static final int MAX_PINS = 64;

  /// How many rows an order that must be filtered may be walked for one page.
  private static final int MAX_WALK = 10_000;

  private static final int CHUNK = 256;

  /// Where in a row of the order the time stands: after the kind of row and the folder.
  private static final int TIME_IN_ORDER = 2;

  private final View view;
  private final long uid;
  private final Rows inbox;
  private final GroupView groupView;
  private final boolean showsGroups;

  /// @param showsGroups whether its owner wants groups in lists at all
  Listing(View view, long uid, GroupView groupView, boolean showsGroups) {
    this.view = view;
    this.uid = uid;
    this.inbox = view.rows(Entity.inbox(uid));
    this.groupView = groupView;
    this.showsGroups = showsGroups;
  }

  Page page(SessionList list, Window window, int size) {
    List<SessionRow> pinned = list.pinnedFirst() ? pinned(list) : List.of();
    Set<Talker> above = pinned.stream().map(Inbox::talker).collect(Collectors.toSet());
    Predicate<SessionRow> wanted =
        session ->
            window.contains(session.getInfo().getSessionTs()) && !above.contains(talker(session));
    List<SessionRow> found =
        switch (list.order()) {
          case NEWS -> byNews(list, window, size + 1 + above.size(), Order.ASCENDING);
          case ACK -> byAck(list, wanted, size + 1);
          case JOIN -> list.groups() ? byJoin() : List.of();
        };
    Page rest = cut(found.stream().filter(wanted).toList(), size);
    if (pinned.isEmpty() || window.endMicros() != 0) {
      return rest;
    }
    return new Page(
        Stream.concat(pinned.stream(), rest.sessions().stream()).toList(), rest.hasMore());
  }

  private List<SessionRow> pinned(SessionList list) {
    List<Row> pinned = inbox.scan(TABLE, Range.prefix(Inbox.PINNED), Order.ASCENDING, MAX_PINS);
    expect(() -> pinned.stream());
    return pinned.stream()
        .flatMap(this::load)
        .filter(
            session ->
                talker(session).isUser()
                    ? list.showsPinned(Folder.of(session))
                    : list.groups() && session.getListed())
        .toList();
  }

  Page newer(long beginMicros, int size, boolean followedOnly) {
    SessionList all = SessionList.news();
    SessionList list = followedOnly ? all.followedOnly() : all;
    return oldest(byNews(list, Window.after(beginMicros), size + 1, Order.DESCENDING), size);
  }

  Page acked(Window window, int size) {
    Range acked = window.rows(Inbox.ACKED);
    return oldest(walk(acked, Order.DESCENDING, _ -> true, size + 1), size);
  }

  /// Sessions with the groups that the fan-group helper collects, by their news.
  Page collected(Window window, int size) {
    List<SessionRow> found =
        allGroups()
            .filter(session -> session.getGroup().getHelper())
            .filter(session -> window.contains(session.getInfo().getSessionTs()))
            .sorted(
                Comparator.<SessionRow>comparingLong(session -> session.getInfo().getSessionTs())
                    .reversed())
            .toList();
    return cut(found, size);
  }

  private static Page oldest(List<SessionRow> oldestFirst, int size) {
    Page page = cut(oldestFirst, size);
    return new Page(page.sessions().reversed(), page.hasMore());
  }

  private static Page cut(List<SessionRow> sessions, int size) {
    boolean more = sessions.size() > size;
    return new Page(more ? sessions.subList(0, size) : sessions, more);
  }

  /// The first sessions of all folders of a list, and of groups, as one order.
  ///
  /// @param order ASCENDING as the keys are: newest first
  private List<SessionRow> byNews(SessionList list, Window window, int limit, Order order) {
    List<Supplier<Stream<Candidate>>> places = new ArrayList<>();
    list.folders().forEach(folder -> places.add(() -> users(folder, window, limit, order)));
    if (list.groups()) {
      places.add(() -> groups(window));
    }
    Comparator<Candidate> oldestFirst = Comparator.comparingLong(Candidate::sessionTs);
    List<Candidate> first =
        view.readAll(places, Supplier::get).stream()
            .flatMap(found -> found)
            .sorted(order == Order.ASCENDING ? oldestFirst.reversed() : oldestFirst)
            .limit(limit)
            .toList();
    expect(() -> first.stream().flatMap(candidate -> candidate.ordered().stream()));
    return first.stream().flatMap(candidate -> candidate.session().get()).toList();
  }

  private Stream<Candidate> users(Folder folder, Window window, int limit, Order order) {
    Range ordered = window.rows(Inbox.ORDER.u8(folder.code()));
    return inbox.scan(TABLE, ordered, order, limit).stream()
        .map(
            row ->
                new Candidate(
                    row.key().u64DescendingAt(TIME_IN_ORDER), Optional.of(row), () -> load(row)));
  }

  private Stream<Candidate> groups(Window window) {
    return groups().stream()
        .filter(group -> window.contains(group.getInfo().getSessionTs()))
        .map(
            group ->
                new Candidate(
                    group.getInfo().getSessionTs(), Optional.empty(), () -> Stream.of(group)));
  }

  /// A session that may be on a page; it is loaded only if it is.
  ///
  /// @param ordered the row of the order that it was found by, if it is with a user
  private record Candidate(
      long sessionTs, Optional<Row> ordered, Supplier<Stream<SessionRow>> session) {}

  /// Says that the sessions that ordered rows stand for are loaded next.
  private void expect(Supplier<Stream<Row>> ordered) {
    inbox.expect(
        TABLE, () -> ordered.get().map(row -> Inbox.row(Talker.atEndOf(row.key()))).toList());
  }

  /// Ordered by when they were read; those never read come last, by their news.
  private List<SessionRow> byAck(SessionList list, Predicate<SessionRow> wanted, int limit) {
    Predicate<SessionRow> inList =
        session ->
            talker(session).isUser() ? list.folders().contains(Folder.of(session)) : list.groups();
    List<SessionRow> found =
        walk(Range.prefix(Inbox.ACKED), Order.ASCENDING, inList.and(wanted), limit);
    if (found.size() < limit) {
      byNews(list, Window.OPEN, MAX_WALK, Order.ASCENDING).stream()
          .filter(session -> session.getInfo().getAckTs() == 0)
          .filter(wanted)
          .limit(limit - found.size())
          .forEach(found::add);
    }
    return found;
  }

  /// The first sessions that rows stand for and that are wanted, groups left out that no list
  /// shows.
  private List<SessionRow> walk(Range rows, Order order, Predicate<SessionRow> wanted, int limit) {
    List<SessionRow> found = new ArrayList<>();
    Range left = rows;
    for (int walked = 0; found.size() < limit && walked < MAX_WALK; walked += CHUNK) {
      List<Row> chunk = inbox.scan(TABLE, left, order, CHUNK);
      expect(() -> chunk.stream().limit(limit));
      chunk.stream()
          .flatMap(this::load)
          .filter(wanted)
          .limit(limit - found.size())
          .forEach(found::add);
      if (chunk.size() < CHUNK) {
        break;
      }
      Key last = chunk.getLast().key();
      left =
          order == Order.ASCENDING
              ? new Range(last.next(), left.to())
              : new Range(left.from(), last);
    }
    return found;
  }

  private List<SessionRow> byJoin() {
    return groups().stream()
        .sorted(Comparator.comparingLong(session -> session.getGroup().getJoinedMicros()))
        .toList();
  }

  /// All sessions with groups that stand in lists.
  List<SessionRow> groups() {
    return allGroups().filter(SessionRow::getListed).toList();
  }

  /// All sessions with groups whose member the owner is, listed or not.
  Stream<SessionRow> allGroups() {
    Range range = Range.prefix(Inbox.SESSION.u8(Talker.GROUP));
    List<SessionRow> stored =
        inbox.scan(TABLE, range, Order.ASCENDING, MAX_GROUPS).stream()
            .map(row -> Inbox.parse(row.value()))
            .toList();
    return view.readAll(stored, this::complete).stream().flatMap(Optional::stream);
  }

  private Optional<SessionRow> complete(SessionRow group) {
    return groupView
        .complete(view, uid, group)
        .map(row -> showsGroups ? row : row.toBuilder().setListed(false).build());
  }

  /// The session that an ordered row stands for; none if it is with a group and no longer there.
  private Stream<SessionRow> load(Row ordered) {
    return find(Talker.atEndOf(ordered.key())).filter(SessionRow::getListed);
  }

  /// The session with a talker as its owner sees it.
  Stream<SessionRow> find(Talker talker) {
    SessionRow stored = Inbox.session(inbox, talker);
    return talker.isUser() ? Stream.of(stored) : complete(stored).stream();
  }
}
