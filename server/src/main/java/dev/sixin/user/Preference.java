package dev.sixin.user;

import dev.sixin.entity.rows.PreferencesRow;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/// What a user can choose for all of their messages, and how it is for somebody who never chose.
public enum Preference {
  /// Folds the sessions of people not followed: 1.
  SHOW_UNFOLLOWED_MSG("show_unfollowed_msg", 0, 1),
  /// Shows that messages came: 1, or not: 3.
  MSG_NOTIFY("msg_notify", 1, 3),
  /// Tells of likes: 0, or not: 5.
  SET_LIKE("set_like", 0, 5),
  /// Tells of replies by all: 0, by people followed: 1, by nobody: 2.
  SET_COMMENT("set_comment", 0, 1, 2),
  /// Tells of mentions, as [#SET_COMMENT].
  SET_AT("set_at", 0, 1, 2),
  /// Folds groups: 1.
  IS_GROUP_FOLD("is_group_fold", 0, 1),
  /// Shows groups: 1, or not: 0.
  SHOULD_RECEIVE_GROUP("should_receive_group", 1, 0),
  /// Lets strangers write: 1, or not: 0.
  RECEIVE_UNFOLLOW_MSG("receive_unfollow_msg", 1, 0),
  /// Answers who begins to follow the user: 1.
  FOLLOWED_REPLY("followed_reply", 0, 1),
  /// Answers keywords: 1.
  KEYS_REPLY("keys_reply", 0, 1),
  /// Answers all other messages: 1.
  RECV_REPLY("recv_reply", 0, 1),
  /// Answers new paid supporters: 1. Only the site knows of those.
  VOYAGE_REPLY("voyage_reply", 0, 1),
  /// Shows works to new followers: 1. Only the site knows of those.
  RECOMMEND_FOLLOWED_REPLY("recommend_followed_reply", 0, 1),
  /// Has the site intercept what looks like trouble: 1.
  AI_INTERCEPT("ai_intercept", 0, 1),
  /// Tells of replies and mentions, as [#SET_COMMENT].
  SET_RECV_REPLY("set_recv_reply", 0, 1, 2),
  /// Tells of likes: 0, or not: 2.
  SET_RECV_LIKE("set_recv_like", 0, 2),
  /// Tells of new followers: 0, or not: 2.
  SET_NEW_FOLLOW("set_new_follow", 0, 2),
  /// Shows friends how far the user has read, and the user how far they have: 1, or neither: 0.
  READ_RECEIPTS("read_receipts", 1, 0);

  private final String key;
  private final int byDefault;

  @SuppressWarnings("ImmutableEnumChecker") // filled once
  private final int[] others;

  Preference(String key, int byDefault, int... others) {
    this.key = key;
    this.byDefault = byDefault;
    this.others = others;
  }

  /// Its name on the wire and in stored rows.
  public String key() {
    return key;
  }

  /// What a user has chosen, or how it is when they have not.
  public int in(PreferencesRow preferences) {
    return preferences.getChosenOrDefault(key, byDefault);
  }

  /// Whether a switch of 0 and 1 is on.
  public boolean isOn(PreferencesRow preferences) {
    return in(preferences) == 1;
  }

  private boolean allows(int value) {
    return value == byDefault || Arrays.stream(others).anyMatch(other -> other == value);
  }

  /// Whether it switches on that something is answered in the user's name.
  private boolean switchesRepliesOn(int value) {
    return value == 1
        && switch (this) {
          case FOLLOWED_REPLY, KEYS_REPLY, RECV_REPLY, VOYAGE_REPLY, RECOMMEND_FOLLOWED_REPLY ->
              true;
          default -> false;
        };
  }

  /// Refuses choices that do not exist (2).
  ///
  /// @return whether they switch on that something is answered in the user's name
  static boolean check(Map<String, Integer> chosen) {
    boolean replies = false;
    for (Map.Entry<String, Integer> choice : new TreeMap<>(chosen).entrySet()) {
      Preference preference = named(choice.getKey());
      int value = choice.getValue();
      if (!preference.allows(value)) {
        throw Refusal.of(
            Code.BAD_PARAMETER,
            "%s: %d (expected: %d or one of %s)"
                .formatted(
                    preference.key,
                    value,
                    preference.byDefault,
                    Arrays.toString(preference.others)));
      }
      replies |= preference.switchesRepliesOn(value);
    }
    return replies;
  }

  private static Preference named(String key) {
    return Arrays.stream(values())
        .filter(preference -> preference.key.equals(key))
        .findFirst()
        .orElseThrow(() -> Refusal.of(Code.BAD_PARAMETER, "no preference \"%s\"".formatted(key)));
  }
}
