package dev.sixin.user;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.protobuf.Message;
import com.google.protobuf.MessageLite;
import dev.sixin.admin.v1.AutoReplies;
import dev.sixin.admin.v1.SetBanRequest;
import dev.sixin.admin.v1.SetFeedUnreadRequest;
import dev.sixin.admin.v1.SetLiveRequest;
import dev.sixin.admin.v1.SetPreferencesRequest;
import dev.sixin.admin.v1.SetSystemNoticeRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.entity.Entity;
import dev.sixin.entity.News.TokensRevoked;
import dev.sixin.entity.News.UserChanged;
import dev.sixin.entity.Stored;
import dev.sixin.entity.rows.PreferencesRow;
import dev.sixin.entity.rows.TokensRow;
import dev.sixin.entity.rows.UserRow;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import dev.sixin.store.Bulk;
import dev.sixin.store.Key;
import dev.sixin.store.Order;
import dev.sixin.store.Partition;
import dev.sixin.store.Range;
import dev.sixin.store.Rows;
import dev.sixin.store.Store;
import dev.sixin.store.Table;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

/// The users of the site, and what the site says of them.
public final class Users {
  /// All rows of user entities.
  public static final Table TABLE = Table.of("users");

  private static final Key USER = Key.of(0);
  private static final Key TOKENS = Key.of(1);
  private static final Key FEED_UNREAD = Key.of(2);
  private static final Key SYSTEM_NOTICE = Key.of(3);
  private static final Key LIVE = Key.of(4);
  private static final Key BAN = Key.of(5);
  private static final Key AUTO_REPLIES = Key.of(6);

  private static final Set<String> FEED_COUNTERS =
      Set.of(
          "at",
          "reply",
          "like",
          "coin",
          "danmu",
          "favorite",
          "recv_like",
          "recv_reply",
          "sys_msg",
          "up");

  private static final int MAX_ROWS = 1_000;
  private static final int CACHED = 200_000;
  private static final int NAME_BYTES = 256;
  private static final int TITLE_BYTES = 1_024;
  private static final int URL_BYTES = 2_048;

  private final Store store;
  private final Cache<Long, Account> accounts;
  private final Cache<Long, SetLiveRequest> liveRooms;
  private final Cache<Long, Long> revocations;
  private final Cache<Long, Long> bans;

  /// Users kept in a store that nobody else changes.
  public Users(Store store) {
    this(store, Optional.empty());
  }

  /// Users kept in a store.
  ///
  /// @param believed how long what was read is taken to be so, where others change it too; what
  ///   they say of it by [#forget] takes effect at once
  public Users(Store store, Optional<Duration> believed) {
    this.store = store;
    Caffeine<Object, Object> cache = Caffeine.newBuilder().maximumSize(CACHED);
    believed.ifPresent(cache::expireAfterWrite);
    this.accounts = cache.build();
    this.liveRooms = cache.build();
    this.revocations = cache.build();
    this.bans = cache.build();
  }

  /// Somebody else changed what is kept of a user.
  public void forget(long uid) {
    accounts.invalidate(uid);
    liveRooms.invalidate(uid);
    revocations.invalidate(uid);
    bans.invalidate(uid);
  }

  /// What every message looks at, in the form in which it is asked for.
  private record Account(Optional<User> profile, PreferencesRow preferences) {
    static Account of(UserRow row) {
      return new Account(
          row.hasProfile() ? Optional.of(row.getProfile()) : Optional.empty(),
          row.getPreferences());
    }
  }

  private Account account(long uid) {
    return accounts.get(uid, id -> Account.of(row(load(id, USER))));
  }

  private static UserRow row(byte[] value) {
    return Stored.parse(value, UserRow.getDefaultInstance());
  }

  /// The profile of a user, if the site has told us of one.
  public Optional<User> find(long uid) {
    return account(uid).profile();
  }

  /// What a user chose for all of their messages. Costs nothing beside [#find].
  public PreferencesRow preferences(long uid) {
    return account(uid).preferences();
  }

  /// Whether a user wants groups in lists and counters.
  public boolean showsGroups(long uid) {
    return Preference.SHOULD_RECEIVE_GROUP.isOn(preferences(uid));
  }

  /// Changes what a user chose for all of their messages, and what is answered in their name. What
  /// is not named stays as it is. Refuses choices that do not exist (2), and to switch auto-replies
  /// on or to say what they are unless the user may have them (700009).
  public void put(SetPreferencesRequest request) {
    boolean switchesOn = Preference.check(request.getChosenMap());
    ReplyTexts.check(request.getReplies());
    Bulk.await(
        edit(
            request.getUid(),
            (entity, row) -> {
              boolean may = row.getProfile().getAutoReplyAllowed();
              if (!may && (switchesOn || request.hasReplies())) {
                throw Refusal.of(
                    Code.NO_PERMISSION, "the site has not allowed auto-replies to this user");
              }
              row.getPreferencesBuilder().putAllChosen(request.getChosenMap());
              if (request.hasReplies()) {
                entity.put(TABLE, AUTO_REPLIES, request.getReplies().toByteArray());
              }
            }));
  }

  private CompletableFuture<Long> edit(long uid, BiConsumer<Partition, UserRow.Builder> change) {
    return store
        .transact(
            Entity.user(uid),
            entity -> {
              UserRow.Builder row = row(entity.get(TABLE, USER)).toBuilder();
              change.accept(entity, row);
              entity.put(TABLE, USER, row.build().toByteArray());
              entity.announce(new UserChanged());
              return uid;
            })
        .whenComplete((_, _) -> accounts.invalidate(uid));
  }

  /// What is answered in a user's name where they have switched that on.
  public AutoReplies autoReplies(long uid) {
    return Stored.parse(load(uid, AUTO_REPLIES), AutoReplies.getDefaultInstance());
  }

  /// The profile of a user, or a profile that says nothing.
  public User get(long uid) {
    return find(uid).orElseGet(() -> User.newBuilder().setUid(uid).setOfficialType(-1).build());
  }

  /// Creates or replaces profiles. All are checked before the first is written.
  public void put(List<User> users) {
    users.forEach(Users::check);
    Bulk.run(users, user -> edit(user.getUid(), (_, row) -> row.setProfile(user)));
  }

  private static void check(User user) {
    if (user.getUid() == 0) {
      throw Refusal.of(Code.BAD_REQUEST, "uid: 0 (expected: a user's number)");
    }
    Refusal.require("name length", user.getNameBytes().size(), 0, NAME_BYTES);
    Refusal.require("face length", user.getFaceBytes().size(), 0, URL_BYTES);
    Refusal.require("vip_level", user.getVipLevel(), 0, 2);
    Refusal.require("official_type", user.getOfficialType(), -1, 1);
    Refusal.require("system_msg_type", user.getSystemMsgType(), 0, Short.MAX_VALUE);
  }

  /// Makes all tokens of a user worthless that were issued until now.
  public void revokeTokens(long uid) {
    Bulk.await(
        store
            .transact(
                Entity.user(uid),
                entity -> {
                  TokensRow row = TokensRow.newBuilder().setRevokedMicros(entity.micros()).build();
                  entity.put(TABLE, TOKENS, row.toByteArray());
                  entity.announce(new TokensRevoked(entity.micros()));
                  return uid;
                })
            .whenComplete((_, _) -> revocations.invalidate(uid)));
  }

  /// Tokens of this user issued at or before this time, in microseconds since 1970, are worthless.
  public long revokedMicros(long uid) {
    return revocations.get(uid, this::committedRevokedMicros);
  }

  /// As [#revokedMicros], past what is remembered: it knows of everything that was announced.
  public long committedRevokedMicros(long uid) {
    return Stored.parse(load(uid, TOKENS), TokensRow.getDefaultInstance()).getRevokedMicros();
  }

  /// Forgets all that the site said of a user, and makes all tokens worthless.
  public void erase(long uid) {
    Bulk.await(
        store
            .transact(
                Entity.user(uid),
                entity -> {
                  Range all = Range.prefix(Key.EMPTY);
                  entity
                      .scan(TABLE, all, Order.ASCENDING, MAX_ROWS)
                      .forEach(row -> entity.delete(TABLE, row.key()));
                  TokensRow row =
                      TokensRow.newBuilder()
                          .setRevokedMicros(entity.micros())
                          .setErasedMicros(entity.micros())
                          .build();
                  entity.put(TABLE, TOKENS, row.toByteArray());
                  entity.announce(new TokensRevoked(entity.micros()));
                  return uid;
                })
            .whenComplete((_, _) -> forget(uid)));
  }

  /// Whether the site ever had everything about the user erased whose rows these are.
  public static boolean wasErased(Rows user) {
    return Stored.parse(user.get(TABLE, TOKENS), TokensRow.getDefaultInstance()).getErasedMicros()
        != 0;
  }

  /// All that is kept of what the site said of a user, by what it is.
  public Map<String, Message> everything(long uid) {
    Map<String, Message> rows = new LinkedHashMap<>();
    UserRow user = row(load(uid, USER));
    if (user.hasProfile()) {
      rows.put("profile", user.getProfile());
    }
    if (user.hasPreferences()) {
      rows.put("preferences", user.getPreferences());
    }
    addTo(rows, "auto_replies", load(uid, AUTO_REPLIES), AutoReplies.getDefaultInstance());
    addTo(rows, "tokens", load(uid, TOKENS), TokensRow.getDefaultInstance());
    addTo(rows, "feed", load(uid, FEED_UNREAD), SetFeedUnreadRequest.getDefaultInstance());
    addTo(rows, "notice", load(uid, SYSTEM_NOTICE), SetSystemNoticeRequest.getDefaultInstance());
    addTo(rows, "live", load(uid, LIVE), SetLiveRequest.getDefaultInstance());
    addTo(rows, "ban", load(uid, BAN), SetBanRequest.getDefaultInstance());
    return rows;
  }

  private static void addTo(Map<String, Message> rows, String what, byte[] value, Message kind) {
    if (value != null) {
      rows.put(what, Stored.parse(value, kind));
    }
  }

  /// The counters of a user's interaction feed that the site has told of.
  public Map<String, Long> feedUnread(long uid) {
    return feedUnread(load(uid, FEED_UNREAD)).getUnreadMap();
  }

  private static SetFeedUnreadRequest feedUnread(byte[] value) {
    return Stored.parse(value, SetFeedUnreadRequest.getDefaultInstance());
  }

  /// Sets counters of a user's interaction feed; those not named stay as they are.
  public void put(SetFeedUnreadRequest counters) {
    for (Map.Entry<String, Long> counter : counters.getUnreadMap().entrySet()) {
      if (!FEED_COUNTERS.contains(counter.getKey())) {
        throw Refusal.of(
            Code.BAD_PARAMETER,
            "unread: no counter \"%s\" (expected: %s)".formatted(counter.getKey(), FEED_COUNTERS));
      }
      Refusal.require("unread." + counter.getKey(), counter.getValue(), 0, Long.MAX_VALUE);
    }
    Bulk.await(
        store.transact(
            Entity.user(counters.getUid()),
            entity -> {
              SetFeedUnreadRequest before = feedUnread(entity.get(TABLE, FEED_UNREAD));
              SetFeedUnreadRequest after =
                  before.toBuilder().putAllUnread(counters.getUnreadMap()).build();
              if (!after.equals(before)) {
                entity.put(TABLE, FEED_UNREAD, after.toByteArray());
              }
              return null;
            }));
  }

  /// The user has seen all of the interaction feed and of the system notices.
  public void clearFeed(long uid) {
    Bulk.await(
        store.transact(
            Entity.user(uid),
            entity -> {
              SetFeedUnreadRequest feed = feedUnread(entity.get(TABLE, FEED_UNREAD));
              SetFeedUnreadRequest.Builder seen = feed.toBuilder();
              feed.getUnreadMap().keySet().forEach(counter -> seen.putUnread(counter, 0));
              SetSystemNoticeRequest notice = systemNotice(entity.get(TABLE, SYSTEM_NOTICE));
              if (!seen.build().equals(feed)) {
                entity.put(TABLE, FEED_UNREAD, seen.build().toByteArray());
              }
              if (notice.getUnread() != 0) {
                byte[] read = notice.toBuilder().clearUnread().build().toByteArray();
                entity.put(TABLE, SYSTEM_NOTICE, read);
              }
              return null;
            }));
  }

  private static SetSystemNoticeRequest systemNotice(byte[] value) {
    return Stored.parse(value, SetSystemNoticeRequest.getDefaultInstance());
  }

  /// The newest system notice of a user and how many are unread, as the site last said.
  public SetSystemNoticeRequest systemNotice(long uid) {
    return systemNotice(load(uid, SYSTEM_NOTICE));
  }

  /// Sets the newest system notice of a user and how many are unread.
  public void put(SetSystemNoticeRequest notice) {
    Refusal.require("unread", notice.getUnread(), 0, Integer.MAX_VALUE);
    Refusal.require("title length", notice.getTitleBytes().size(), 0, TITLE_BYTES);
    Refusal.require("time length", notice.getTimeBytes().size(), 0, NAME_BYTES);
    write(notice.getUid(), SYSTEM_NOTICE, notice);
  }

  /// The live room of a user, as the site last said.
  public SetLiveRequest live(long uid) {
    return liveRooms.get(
        uid, id -> Stored.parse(load(id, LIVE), SetLiveRequest.getDefaultInstance()));
  }

  /// Sets the state of a user's live room.
  public void put(SetLiveRequest live) {
    Refusal.require("live_status", live.getLiveStatus(), 0, 1);
    Refusal.require("jump_url length", live.getJumpUrlBytes().size(), 0, URL_BYTES);
    write(live.getUid(), LIVE, live);
    liveRooms.invalidate(live.getUid());
  }

  private void write(long uid, Key row, MessageLite value) {
    Bulk.await(
        store.transact(
            Entity.user(uid),
            entity -> {
              entity.put(TABLE, row, value.toByteArray());
              entity.announce(new UserChanged());
              return null;
            }));
  }

  /// Until when a user may not send, in unix seconds, unsigned; long past for most.
  public long bannedUntil(long uid) {
    return bans.get(
        uid, id -> Stored.parse(load(id, BAN), SetBanRequest.getDefaultInstance()).getUntil());
  }

  /// Bans a user from sending, or lifts the ban.
  public void put(SetBanRequest ban) {
    write(ban.getUid(), BAN, ban);
    bans.invalidate(ban.getUid());
  }

  private byte[] load(long uid, Key row) {
    return store.rows(Entity.user(uid)).get(TABLE, row);
  }
}
