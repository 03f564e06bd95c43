package dev.sixin.api.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Message;
import dev.sixin.admin.v1.AutoReplies;
import dev.sixin.api.Caller;
import dev.sixin.api.Settings;
import dev.sixin.api.Settings.Push;
import dev.sixin.api.StrictJson;
import dev.sixin.entity.Talker;
import dev.sixin.proto.im.DummyRsp;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import dev.sixin.user.Preference;
import dev.sixin.web.v1.DndSetting;
import dev.sixin.web.v1.GetMsgDndRequest;
import dev.sixin.web.v1.GetMsgDndResponse;
import dev.sixin.web.v1.GetPreferencesRequest;
import dev.sixin.web.v1.GetSessionSsRequest;
import dev.sixin.web.v1.GetSessionSsResponse;
import dev.sixin.web.v1.IsLimitRequest;
import dev.sixin.web.v1.IsLimitResponse;
import dev.sixin.web.v1.Preferences;
import dev.sixin.web.v1.SetAutoRepliesRequest;
import dev.sixin.web.v1.SetGroupHelperRequest;
import dev.sixin.web.v1.SetMsgDndRequest;
import dev.sixin.web.v1.SetPushSsRequest;
import dev.sixin.web.v1.UpdateInterceptRequest;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// [Settings] as the web dialect asks for them.
final class LinkSettings {
  private static final DummyRsp DONE = DummyRsp.getDefaultInstance();

  /// The only kind of limit there is: being banned from sending.
  private static final int BAN = 1;

  private final Settings settings;
  private final InstantSource clock;

  LinkSettings(Settings settings, InstantSource clock) {
    this.settings = settings;
    this.clock = clock;
  }

  Preferences preferences(Caller caller, GetPreferencesRequest request) {
    Set<Preference> asked = EnumSet.noneOf(Preference.class);
    if (request.hasMsgNotify()) {
      asked.add(Preference.MSG_NOTIFY);
    }
    if (request.hasShowUnfollowedMsg()) {
      asked.add(Preference.SHOW_UNFOLLOWED_MSG);
    }
    if (request.hasReadReceipts()) {
      asked.add(Preference.READ_RECEIPTS);
    }
    Preferences.Builder answer = Preferences.newBuilder();
    settings
        .preferences(caller, asked)
        .forEach(
            (name, value) ->
                answer.setField(Preferences.getDescriptor().findFieldByName(name), value));
    return answer.build();
  }

  DummyRsp prefer(Caller caller, Preferences chosen) {
    Map<String, Integer> choices = new TreeMap<>();
    chosen.getAllFields().forEach((field, value) -> choices.put(field.getName(), (Integer) value));
    if (choices.isEmpty()) {
      throw Refusal.of(Code.BAD_REQUEST, "a preference: required");
    }
    settings.prefer(caller, choices);
    return DONE;
  }

  IsLimitResponse limits(Caller caller, IsLimitRequest request) {
    Refusal.require("type", request.getType(), BAN, BAN);
    long uid = request.getUid() == 0 ? caller.uid() : request.getUid();
    return IsLimitResponse.newBuilder()
        .setIsLimit(settings.isLimited(uid, clock.instant()) ? 1 : 0)
        .setReportLimit(settings.isLimited(caller.uid(), clock.instant()) ? 1 : 0)
        .build();
  }

  GetMsgDndResponse dnd(Caller caller, GetMsgDndRequest request) {
    if (request.getUids() == 0 && request.getGroupIds() == 0) {
      throw Refusal.of(Code.BAD_REQUEST, "uids or group_ids: required");
    }
    GetMsgDndResponse.Builder answer = GetMsgDndResponse.newBuilder();
    if (request.getUids() != 0) {
      answer.addUidSettings(dnd(caller, request, Talker.user(request.getUids())));
    }
    if (request.getGroupIds() != 0) {
      answer.addGroupSettings(dnd(caller, request, Talker.group(request.getGroupIds())));
    }
    return answer.build();
  }

  private DndSetting dnd(Caller caller, GetMsgDndRequest request, Talker talker) {
    int setting = settings.dnd(caller, request.getOwnUid(), talker);
    return DndSetting.newBuilder().setId(talker.id()).setSetting(setting).build();
  }

  DummyRsp setDnd(Caller caller, SetMsgDndRequest request) {
    if (request.getDndUid() == 0 == (request.getDndGroupId() == 0)) {
      throw Refusal.of(Code.BAD_REQUEST, "dnd_uid or dnd_group_id: one of them is required");
    }
    requireSwitch(request, "setting");
    Talker talker =
        request.getDndUid() == 0
            ? Talker.group(request.getDndGroupId())
            : Talker.user(request.getDndUid());
    settings.setDnd(caller, request.getUid(), talker, request.getSetting());
    return DONE;
  }

  GetSessionSsResponse push(Caller caller, GetSessionSsRequest request) {
    Push push = settings.push(caller, request.getTalkerUid());
    return GetSessionSsResponse.newBuilder()
        .setFollowStatus(push.followStatus())
        .setSpecial(push.special())
        .setPushSetting(push.pushSetting())
        .setShowPushSetting(push.showPushSetting())
        .build();
  }

  DummyRsp setPush(Caller caller, SetPushSsRequest request) {
    requireSwitch(request, "setting");
    settings.setPush(caller, request.getTalkerUid(), request.getSetting());
    return DONE;
  }

  DummyRsp setHelper(Caller caller, SetGroupHelperRequest request) {
    requireSwitch(request, "setting");
    settings.setHelper(caller, request.getGroupId(), request.getSetting());
    return DONE;
  }

  DummyRsp intercept(Caller caller, UpdateInterceptRequest request) {
    requireSwitch(request, "status");
    settings.intercept(caller, request.getTalkerId(), request.getStatus());
    return DONE;
  }

  AutoReplies replies(Caller caller) {
    return settings.replies(caller);
  }

  DummyRsp setReplies(Caller caller, SetAutoRepliesRequest request) {
    byte[] json = request.getReplies().getBytes(UTF_8);
    settings.setReplies(caller, StrictJson.read("replies", json, AutoReplies.getDefaultInstance()));
    return DONE;
  }

  /// A switch that is not there does not mean off.
  private static void requireSwitch(Message request, String name) {
    if (!request.hasField(request.getDescriptorForType().findFieldByName(name))) {
      throw Refusal.of(Code.BAD_REQUEST, name + ": required");
    }
  }
}
