package dev.sixin.bench;

import dev.sixin.Server;
import dev.sixin.admin.v1.User;
import dev.sixin.entity.Entity;
import dev.sixin.entity.Happening.MessageArrived;
import dev.sixin.entity.Talker;
import dev.sixin.entity.Totals;
import dev.sixin.message.Content;
import dev.sixin.message.GroupTalk;
import dev.sixin.message.Messages;
import dev.sixin.message.Rates;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.MsgType;
import dev.sixin.proto.type.RecverType;
import dev.sixin.relation.Relations;
import dev.sixin.relation.Relations.Act;
import dev.sixin.relation.Relations.Step;
import dev.sixin.session.Sessions;
import dev.sixin.site.SiteTables;
import dev.sixin.store.Bulk;
import dev.sixin.store.Key;
import dev.sixin.store.Store;
import dev.sixin.store.memory.MemoryStore;
import dev.sixin.store.rocksdb.RocksStore;
import dev.sixin.user.Users;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/// What micro-benchmarks read from: a new store, the features over it, and what was put into it.
final class Fixture implements AutoCloseable {
  private static final int AT_ONCE = 500;

  private final Scratch scratch;
  private final Store store;
  private final Users users;
  private final Relations relations;
  private final SiteTables site;
  private final Sessions sessions;
  private final Messages.Rules rules;
  private final Messages messages;

  /// @param scratch what is deleted in the end; null: nothing
  private Fixture(Scratch scratch, Store store, Clock clock) {
    this.scratch = scratch;
    this.store = store;
    this.users = new Users(store);
    this.relations = new Relations(store);
    this.site = new SiteTables(store);
    this.sessions = new Sessions(store, GroupTalk::session, users::showsGroups);
    Rates rates = new Rates(Rates.Limits.NONE, clock, sessions::sentOn);
    this.rules = new Messages.Rules(new Content(Set.of()), site, rates, false, 0);
    this.messages = messagesOver(store);
  }

  /// An empty store.
  ///
  /// @param engine `memory` or `rocksdb`
  static Fixture open(String engine) throws IOException {
    Clock clock = Clock.systemUTC();
    Scratch scratch = Scratch.create();
    Store store =
        switch (engine) {
          case "memory" -> new MemoryStore(Server::apply, clock);
          case "rocksdb" ->
              RocksStore.open(
                  scratch.path(), Server.TABLES, RocksStore.Limits.DEFAULT, Server::apply, clock);
          default -> throw new IllegalArgumentException("engine: " + engine);
        };
    return new Fixture(scratch, store, clock);
  }

  /// The store of a data directory on which no server runs.
  static Fixture over(Path data) throws IOException {
    Clock clock = Clock.systemUTC();
    Store store =
        RocksStore.open(
            Files.createDirectories(data.resolve("store")),
            Server.TABLES,
            RocksStore.Limits.DEFAULT,
            Server::apply,
            clock);
    return new Fixture(null, store, clock);
  }

  Store store() {
    return store;
  }

  /// Messages that change another store than the users and relations stand in.
  Messages messagesOver(Store other) {
    return new Messages(other, users, relations, rules);
  }

  Sessions sessions() {
    return sessions;
  }

  Messages messages() {
    return messages;
  }

  SiteTables site() {
    return site;
  }

  /// Creates the users of a population and makes contacts follow each other.
  void populate(Population population) {
    users(LongStream.of(population.uids()));
    List<Step> steps = new ArrayList<>();
    for (int user = 0; user < population.users(); user++) {
      for (int k = 0; k < population.contacts(); k++) {
        long contact = population.uid(population.contact(user, k));
        steps.add(new Step(population.uid(user), contact, new Act.Follow(false)));
      }
    }
    relate(steps);
  }

  /// Creates users.
  void users(LongStream uids) {
    users.put(
        uids.mapToObj(uid -> User.newBuilder().setUid(uid).setOfficialType(-1).build()).toList());
  }

  /// Lets users who were created act on each other.
  void relate(List<Step> steps) {
    relations.apply(steps);
  }

  /// Gives a user a session with each of many others, as if these had written one message each.
  ///
  /// @param firstTalker the lowest uid of the others
  void sessions(long uid, long firstTalker, int count) {
    Key inbox = Entity.inbox(uid);
    Totals one = new Totals(1, 0);
    List<Integer> parts = IntStream.iterate(0, i -> i < count, i -> i + AT_ONCE).boxed().toList();
    Bulk.run(
        parts,
        from ->
            store.transact(
                inbox,
                rows -> {
                  for (int i = from; i < Math.min(from + AT_ONCE, count); i++) {
                    Talker talker = Talker.user(firstTalker + i);
                    rows.tell(inbox, new MessageArrived(talker, 1, false, one, 0));
                  }
                  return null;
                }));
  }

  /// A text that the site sends on somebody's behalf.
  record Letter(long fromUid, long toUid) {}

  /// Sends texts to users who were created, in their order.
  void send(List<Letter> letters) {
    Bulk.run(letters, letter -> messages.send(text(letter).build(), true));
  }

  /// A letter as a client sends it; no cli_msg_id.
  static Msg.Builder text(Letter letter) {
    return Msg.newBuilder()
        .setSenderUid(letter.fromUid())
        .setReceiverType(RecverType.EN_RECVER_TYPE_PEER)
        .setReceiverId(letter.toUid())
        .setMsgType(MsgType.EN_MSG_TYPE_TEXT)
        .setContent("{\"content\":\"forty bytes of text that say nothing new\"}");
  }

  @Override
  public void close() throws IOException {
    store.close();
    if (scratch != null) {
      scratch.close();
    }
  }
}
