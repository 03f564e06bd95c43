package dev.sixin.api;

import dev.sixin.admin.v1.AutoReplies;
import dev.sixin.admin.v1.SetPreferencesRequest;
import dev.sixin.admin.v1.SetSessionRequest;
import dev.sixin.api.ImInterfaceService.Features;
import dev.sixin.entity.Talker;
import dev.sixin.entity.rows.PreferencesRow;
import dev.sixin.entity.rows.RelationRow;
import dev.sixin.proto.type.SessionInfo;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import dev.sixin.user.Preference;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// The answers of the calls by which users choose how they want their messages. Switches are 0 and
/// 1, as on the wire; anything else is refused with 2.
public final class Settings {
  private static final int NOT_FOLLOWED = 0;
  private static final int FOLLOWED = 2;
  private static final int MUTUAL = 6;
  private static final int BLOCKED = 128;

  private final Features features;

  /// Settings over these features.
  public Settings(Features features) {
    this.features = features;
  }

  /// What the caller chose for all of their messages, by the names of link_setting.
  ///
  /// @param asked those of `msg_notify`, `show_unfollowed_msg` and `read_receipts` that are asked
  ///   for
  public Map<String, Integer> preferences(Caller caller, Set<Preference> asked) {
    PreferencesRow chosen = features.users().preferences(caller.uid());
    Map<String, Integer> answer = new LinkedHashMap<>();
    for (Preference preference : Preference.values()) {
      boolean shown =
          switch (preference) {
            case MSG_NOTIFY, SHOW_UNFOLLOWED_MSG, READ_RECEIPTS -> asked.contains(preference);
            default -> true;
          };
      if (shown) {
        answer.put(preference.key(), preference.in(chosen));
      }
    }
    return answer;
  }

  /// Changes what the caller chose for all of their messages; what is not named stays as it is. An
  /// auto-reply switch without the permission is refused with 700009.
  public void prefer(Caller caller, Map<String, Integer> chosen) {
    features
        .users()
        .put(SetPreferencesRequest.newBuilder().setUid(caller.uid()).putAllChosen(chosen).build());
  }

  /// What is answered in the caller's name.
  public AutoReplies replies(Caller caller) {
    return features.users().autoReplies(caller.uid());
  }

  /// Replaces what is answered in the caller's name; 700009 without the permission.
  public void setReplies(Caller caller, AutoReplies replies) {
    features
        .users()
        .put(SetPreferencesRequest.newBuilder().setUid(caller.uid()).setReplies(replies).build());
  }

  /// Whether a user is banned from sending. Who talks to somebody may know.
  public boolean isLimited(long uid, Instant now) {
    return Long.compareUnsigned(now.getEpochSecond(), features.users().bannedUntil(uid)) < 0;
  }

  /// Whether a session may not disturb the caller: 1, or may: 0.
  ///
  /// @param ownUid as in the request: the caller's, or 0
  public int dnd(Caller caller, long ownUid, Talker talker) {
    caller.mustBe("own_uid", ownUid);
    return features.sessions().settings(caller.uid(), talker).getIsDnd();
  }

  /// Whether a session may disturb the caller.
  ///
  /// @param uid as in the request: the caller's, or 0
  /// @param setting 1: it may not
  public void setDnd(Caller caller, long uid, Talker talker, int setting) {
    caller.mustBe("uid", uid);
    choose(caller, choice(caller, talker).setDnd(isOn("setting", setting)));
  }

  /// What stands between a talker and the caller, and whether the talker's messages are pushed.
  ///
  /// @param followStatus what the talker makes of the caller: 0 nothing, 2 follows, 6 both follow,
  ///   128 blocks
  /// @param special 1: the caller follows the talker specially
  /// @param pushSetting 0: pushed, 1: not
  /// @param showPushSetting 1: the caller follows the talker, so the choice means something
  public record Push(int followStatus, int special, int pushSetting, int showPushSetting) {}

  /// What `get_session_ss` answers.
  public Push push(Caller caller, long talkerUid) {
    Calls.required("talker_uid", talkerUid);
    RelationRow relation = features.relations().between(caller.uid(), talkerUid);
    SessionInfo chosen = features.sessions().settings(caller.uid(), Talker.user(talkerUid));
    return new Push(
        followStatus(relation),
        relation.getSpecial() ? 1 : 0,
        chosen.getSetting(),
        relation.getFollows() ? 1 : 0);
  }

  private static int followStatus(RelationRow relation) {
    if (relation.getBlockedBy()) {
      return BLOCKED;
    }
    if (!relation.getFollowedBy()) {
      return NOT_FOLLOWED;
    }
    return relation.getFollows() ? MUTUAL : FOLLOWED;
  }

  /// Whether a talker's messages are pushed to the caller.
  ///
  /// @param setting 1: they are not
  public void setPush(Caller caller, long talkerUid, int setting) {
    Talker talker = Talker.user(Calls.required("talker_uid", talkerUid));
    choose(caller, choice(caller, talker).setPushOff(isOn("setting", setting)));
  }

  /// Whether the helper collects the messages of one of the caller's groups.
  public void setHelper(Caller caller, long groupId, int setting) {
    Talker talker = Talker.group(Calls.required("group_id", groupId));
    choose(caller, choice(caller, talker).setHelper(isOn("setting", setting)));
  }

  /// Puts a session with a user into the dustbin, or takes it out for good.
  ///
  /// @param status 1: into it
  public void intercept(Caller caller, long talkerUid, int status) {
    Talker talker = Talker.user(Calls.required("talker_id", talkerUid));
    SetSessionRequest.Builder choice = choice(caller, talker);
    choose(caller, isOn("status", status) ? choice.setIntercepted(true) : choice.setTrusted(true));
  }

  private static boolean isOn(String field, int value) {
    return Refusal.require(field, value, 0, 1) == 1;
  }

  private static SetSessionRequest.Builder choice(Caller caller, Talker talker) {
    return SetSessionRequest.newBuilder()
        .setUid(caller.uid())
        .setTalkerId(Calls.required("talker", talker.id()))
        .setSessionType(talker.type());
  }

  /// Users choose only for talkers that exist or that they know, so that nobody fills an inbox with
  /// what is nothing.
  private void choose(Caller caller, SetSessionRequest.Builder choice) {
    Talker talker = new Talker(choice.getSessionType(), choice.getTalkerId());
    boolean isSomebody =
        !talker.isUser()
            || (features.users().find(talker.id()).isPresent() && talker.id() != caller.uid())
            || features.sessions().find(caller.uid(), talker).isPresent();
    if (!isSomebody) {
      throw Refusal.of(Code.NOT_FOUND, "talker: nobody else has this number");
    }
    set(choice.build());
  }

  /// Changes what a user chose for one session, on the site's word or their own.
  void set(SetSessionRequest request) {
    long uid = Calls.required("uid", request.getUid());
    Talker talker = Calls.talker(request.getSessionType(), request.getTalkerId());
    checkKind(request, uid, talker);
    if (request.getIntercepted() && request.getTrusted()) {
      throw Refusal.of(Code.BAD_PARAMETER, "intercepted and trusted: at most one of them");
    }
    features
        .sessions()
        .set(
            uid,
            talker,
            session -> {
              if (request.hasHelper()) {
                session.getGroupBuilder().setHelper(request.getHelper());
              }
              apply(request, session.getInfoBuilder());
            });
  }

  private void checkKind(SetSessionRequest request, long uid, Talker talker) {
    if (talker.isUser() && request.hasHelper()) {
      throw Refusal.of(Code.BAD_PARAMETER, "helper: of groups only");
    }
    if (!talker.isUser()) {
      if (request.hasIntercepted() || request.hasTrusted()) {
        throw Refusal.of(Code.BAD_PARAMETER, "intercepted and trusted: of users only");
      }
      if (features.groups().member(talker.id(), uid).isEmpty()) {
        throw Refusal.of(Code.NOT_IN_GROUP);
      }
    }
  }

  private static void apply(SetSessionRequest request, SessionInfo.Builder settings) {
    if (request.hasDnd()) {
      settings.setIsDnd(request.getDnd() ? 1 : 0);
    }
    if (request.hasPushOff()) {
      settings.setSetting(request.getPushOff() ? 1 : 0);
    }
    if (request.hasIntercepted()) {
      settings.setIsIntercept(request.getIntercepted() ? 1 : 0);
    }
    if (request.hasTrusted()) {
      settings.setIsTrust(request.getTrusted() ? 1 : 0);
    }
    if (request.getIntercepted()) {
      settings.setIsTrust(0);
    }
    if (request.getTrusted()) {
      settings.setIsIntercept(0);
    }
  }
}
