package dev.sixin.user;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sixin.admin.v1.User;
import dev.sixin.entity.Entity;
import dev.sixin.entity.Stored;
import dev.sixin.entity.rows.TokensRow;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import dev.sixin.store.Bulk;
import dev.sixin.store.Key;
import dev.sixin.store.Store;
import dev.sixin.store.Table;
import java.util.List;
import java.util.Optional;

/// The users of the site.
public final class Users {
  /// All rows of user entities.
  public static final Table TABLE = Table.of("users");

  private static final Key PROFILE = Key.of(0);
  private static final Key TOKENS = Key.of(1);
  private static final int CACHED = 200_000;
  private static final int NAME_BYTES = 256;
  private static final int URL_BYTES = 2_048;

  private final Store store;
  private final Cache<Long, Optional<User>> profiles =
      Caffeine.newBuilder().maximumSize(CACHED).build();
  private final Cache<Long, Long> revocations = Caffeine.newBuilder().maximumSize(CACHED).build();

  /// Users kept in a store.
  public Users(Store store) {
    this.store = store;
  }

  /// The profile of a user, if the site has told us of one.
  public Optional<User> find(long uid) {
    return profiles.get(
        uid,
        id ->
            Optional.ofNullable(load(id, PROFILE))
                .map(value -> Stored.parse(value, User.getDefaultInstance())));
  }

  /// The profile of a user, or a profile that says nothing.
  public User get(long uid) {
    return find(uid).orElseGet(() -> User.newBuilder().setUid(uid).setOfficialType(-1).build());
  }

  /// Creates or replaces profiles. All are checked before the first is written.
  public void put(List<User> users) {
    users.forEach(Users::check);
    Bulk.run(
        users,
        user ->
            store
                .transact(
                    Entity.user(user.getUid()),
                    entity -> {
                      entity.put(TABLE, PROFILE, user.toByteArray());
                      return user.getUid();
                    })
                .whenComplete((_, _) -> profiles.invalidate(user.getUid())));
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
                  return uid;
                })
            .whenComplete((_, _) -> revocations.invalidate(uid)));
  }

  /// Tokens of this user issued at or before this time, in microseconds since 1970, are worthless.
  public long revokedMicros(long uid) {
    return revocations.get(
        uid,
        id -> Stored.parse(load(id, TOKENS), TokensRow.getDefaultInstance()).getRevokedMicros());
  }

  private byte[] load(long uid, Key row) {
    return store.rows(Entity.user(uid)).get(TABLE, row);
  }
}
