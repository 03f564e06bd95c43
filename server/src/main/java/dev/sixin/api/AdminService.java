package dev.sixin.api;

import com.google.protobuf.ByteString;
import dev.sixin.account.Erasure;
import dev.sixin.account.Export;
import dev.sixin.admin.v1.AdminGrpc.AdminImplBase;
import dev.sixin.admin.v1.DropCheckpointRequest;
import dev.sixin.admin.v1.DropCheckpointResponse;
import dev.sixin.admin.v1.EraseUserRequest;
import dev.sixin.admin.v1.EraseUserResponse;
import dev.sixin.admin.v1.ExportUserRequest;
import dev.sixin.admin.v1.ExportUserResponse;
import dev.sixin.admin.v1.IssueTokenRequest;
import dev.sixin.admin.v1.IssueTokenResponse;
import dev.sixin.admin.v1.MakeCheckpointRequest;
import dev.sixin.admin.v1.MakeCheckpointResponse;
import dev.sixin.admin.v1.PutEmotesRequest;
import dev.sixin.admin.v1.PutEmotesResponse;
import dev.sixin.admin.v1.PutGroupRequest;
import dev.sixin.admin.v1.PutGroupResponse;
import dev.sixin.admin.v1.PutKeywordRulesRequest;
import dev.sixin.admin.v1.PutKeywordRulesResponse;
import dev.sixin.admin.v1.PutUsersRequest;
import dev.sixin.admin.v1.PutUsersResponse;
import dev.sixin.admin.v1.RecallRequest;
import dev.sixin.admin.v1.RecallResponse;
import dev.sixin.admin.v1.RevokeTokensRequest;
import dev.sixin.admin.v1.RevokeTokensResponse;
import dev.sixin.admin.v1.SendRequest;
import dev.sixin.admin.v1.SendResponse;
import dev.sixin.admin.v1.SetBanRequest;
import dev.sixin.admin.v1.SetBanResponse;
import dev.sixin.admin.v1.SetFeedUnreadRequest;
import dev.sixin.admin.v1.SetFeedUnreadResponse;
import dev.sixin.admin.v1.SetLiveRequest;
import dev.sixin.admin.v1.SetLiveResponse;
import dev.sixin.admin.v1.SetMembersRequest;
import dev.sixin.admin.v1.SetMembersResponse;
import dev.sixin.admin.v1.SetPreferencesRequest;
import dev.sixin.admin.v1.SetPreferencesResponse;
import dev.sixin.admin.v1.SetRelationsRequest;
import dev.sixin.admin.v1.SetRelationsResponse;
import dev.sixin.admin.v1.SetSessionRequest;
import dev.sixin.admin.v1.SetSessionResponse;
import dev.sixin.admin.v1.SetSystemNoticeRequest;
import dev.sixin.admin.v1.SetSystemNoticeResponse;
import dev.sixin.api.ImInterfaceService.Features;
import dev.sixin.backup.Checkpoints;
import dev.sixin.entity.Talker;
import dev.sixin.group.FanGroups.Seat;
import dev.sixin.proto.type.Msg;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import dev.sixin.relation.Relations.Step;
import dev.sixin.store.Bulk;
import dev.sixin.token.Tokens;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// `sixin.admin.v1.Admin`: what the site tells us. Lists are checked as a whole before anything of
/// them is written.
public final class AdminService extends AdminImplBase {
  private static final int MAX_BULK = 10_000;
  private static final int EXPORT_PIECE_BYTES = 64 << 10;
  private static final int MAX_DEVICE_CHARS = 128;
  private static final int MAX_NAME_BYTES = 256;
  private static final int MAX_TEXT_BYTES = 2_048;

  private final GrpcCalls calls;
  private final Features features;
  private final Tokens tokens;
  private final Accounts accounts;
  private final Checkpoints checkpoints;
  private final Settings settings;

  /// What is done with all that is kept of a user.
  public record Accounts(Export export, Erasure erasure) {}

  /// The service over these features.
  public AdminService(
      Calls calls, Features features, Tokens tokens, Accounts accounts, Checkpoints checkpoints) {
    this.calls = new GrpcCalls(calls);
    this.features = features;
    this.tokens = tokens;
    this.accounts = accounts;
    this.checkpoints = checkpoints;
    this.settings = new Settings(features);
  }

  @Override
  public void putUsers(PutUsersRequest request, StreamObserver<PutUsersResponse> out) {
    calls.admin(
        out,
        () -> {
          Refusal.require("users", request.getUsersCount(), 0, MAX_BULK);
          features.users().put(request.getUsersList());
          return PutUsersResponse.newBuilder().setWritten(request.getUsersCount()).build();
        });
  }

  @Override
  public void setRelations(SetRelationsRequest request, StreamObserver<SetRelationsResponse> out) {
    calls.admin(
        out,
        () -> {
          Refusal.require("relations", request.getRelationsCount(), 0, MAX_BULK);
          List<Step> steps = request.getRelationsList().stream().map(AdminRequests::step).toList();
          int changed = features.relations().apply(steps, features.messages()::replyToFollower);
          return SetRelationsResponse.newBuilder().setChanged(changed).build();
        });
  }

  @Override
  public void issueToken(IssueTokenRequest request, StreamObserver<IssueTokenResponse> out) {
    calls.admin(
        out,
        () -> {
          long uid = Calls.required("uid", request.getUid());
          long seconds = request.getTtlSeconds();
          Refusal.require("ttl_seconds", seconds, 0, Tokens.MAX_TTL.toSeconds());
          Refusal.require("device length", request.getDevice().length(), 0, MAX_DEVICE_CHARS);
          Duration ttl = seconds == 0 ? Tokens.DEFAULT_TTL : Duration.ofSeconds(seconds);
          Tokens.Issued issued =
              tokens.issue(uid, ttl, request.getDevice(), features.users().revokedMicros(uid));
          return IssueTokenResponse.newBuilder()
              .setToken(issued.token())
              .setExpiresAt(issued.expiresSeconds())
              .build();
        });
  }

  @Override
  public void revokeTokens(RevokeTokensRequest request, StreamObserver<RevokeTokensResponse> out) {
    calls.admin(
        out,
        () -> {
          features.users().revokeTokens(Calls.required("uid", request.getUid()));
          return RevokeTokensResponse.getDefaultInstance();
        });
  }

  @Override
  public void setBan(SetBanRequest request, StreamObserver<SetBanResponse> out) {
    calls.admin(
        out,
        () -> {
          Calls.required("uid", request.getUid());
          features.users().put(request);
          return SetBanResponse.getDefaultInstance();
        });
  }

  @Override
  public void setSession(SetSessionRequest request, StreamObserver<SetSessionResponse> out) {
    calls.admin(
        out,
        () -> {
          settings.set(request);
          return SetSessionResponse.getDefaultInstance();
        });
  }

  @Override
  public void setPreferences(
      SetPreferencesRequest request, StreamObserver<SetPreferencesResponse> out) {
    calls.admin(
        out,
        () -> {
          Calls.required("uid", request.getUid());
          features.users().put(request);
          return SetPreferencesResponse.getDefaultInstance();
        });
  }

  @Override
  public void setLive(SetLiveRequest request, StreamObserver<SetLiveResponse> out) {
    calls.admin(
        out,
        () -> {
          Calls.required("uid", request.getUid());
          features.users().put(request);
          return SetLiveResponse.getDefaultInstance();
        });
  }

  @Override
  public void setFeedUnread(
      SetFeedUnreadRequest request, StreamObserver<SetFeedUnreadResponse> out) {
    calls.admin(
        out,
        () -> {
          Calls.required("uid", request.getUid());
          features.users().put(request);
          return SetFeedUnreadResponse.getDefaultInstance();
        });
  }

  @Override
  public void setSystemNotice(
      SetSystemNoticeRequest request, StreamObserver<SetSystemNoticeResponse> out) {
    calls.admin(
        out,
        () -> {
          Calls.required("uid", request.getUid());
          features.users().put(request);
          return SetSystemNoticeResponse.getDefaultInstance();
        });
  }

  @Override
  public void putGroup(PutGroupRequest request, StreamObserver<PutGroupResponse> out) {
    calls.admin(
        out,
        () -> {
          Calls.required("group_id", request.getGroupId());
          Calls.required("owner_uid", request.getOwnerUid());
          Refusal.require("name length", request.getNameBytes().size(), 1, MAX_NAME_BYTES);
          Refusal.require("cover length", request.getCoverBytes().size(), 0, MAX_TEXT_BYTES);
          Refusal.require("notice length", request.getNoticeBytes().size(), 0, MAX_TEXT_BYTES);
          Refusal.require("status", request.getStatusValue(), 0, 2);
          boolean created = features.groups().put(request);
          return PutGroupResponse.newBuilder().setCreated(created).build();
        });
  }

  @Override
  public void setMembers(SetMembersRequest request, StreamObserver<SetMembersResponse> out) {
    calls.admin(
        out,
        () -> {
          int all = request.getPutCount() + request.getLeftCount() + request.getKickedCount();
          Refusal.require("members", all, 0, MAX_BULK);
          long groupId = Calls.required("group_id", request.getGroupId());
          List<Seat> put = request.getPutList().stream().map(AdminRequests::seat).toList();
          request.getLeftList().forEach(uid -> Calls.required("left", uid));
          request.getKickedList().forEach(uid -> Calls.required("kicked", uid));
          int changed =
              features
                  .groups()
                  .setMembers(groupId, put, request.getLeftList(), request.getKickedList());
          return SetMembersResponse.newBuilder().setChanged(changed).build();
        });
  }

  @Override
  public void putEmotes(PutEmotesRequest request, StreamObserver<PutEmotesResponse> out) {
    calls.admin(
        out,
        () -> {
          features.site().putEmotes(request.getEmotesList());
          return PutEmotesResponse.getDefaultInstance();
        });
  }

  @Override
  public void putKeywordRules(
      PutKeywordRulesRequest request, StreamObserver<PutKeywordRulesResponse> out) {
    calls.admin(
        out,
        () -> {
          features.site().putKeywordRules(request.getRulesList());
          return PutKeywordRulesResponse.getDefaultInstance();
        });
  }

  @Override
  public void recall(RecallRequest request, StreamObserver<RecallResponse> out) {
    calls.admin(
        out,
        () -> {
          long key = Calls.required("msg_key", request.getMsgKey());
          long talkerId = Calls.required("talker_id", request.getTalkerId());
          Calls.required("session_type", request.getSessionType());
          Refusal.require("session_type", request.getSessionType(), 1, 2);
          Talker talker = new Talker(request.getSessionType(), talkerId);
          if (talker.isUser()) {
            Calls.required("uid", request.getUid());
          }
          features.messages().recallBySite(request.getUid(), talker, key);
          return RecallResponse.getDefaultInstance();
        });
  }

  @Override
  public void send(SendRequest request, StreamObserver<SendResponse> out) {
    calls.admin(
        out,
        () -> {
          if (!request.hasMsg()) {
            throw Refusal.of(Code.BAD_REQUEST, "msg: required");
          }
          Calls.required("msg.sender_uid", request.getMsg().getSenderUid());
          Msg sent =
              Bulk.await(features.messages().send(AdminRequests.draft(request.getMsg()), true));
          return SendResponse.newBuilder()
              .setMsgKey(sent.getMsgKey())
              .setMsgSeqno(sent.getMsgSeqno())
              .build();
        });
  }

  @Override
  public void exportUser(ExportUserRequest request, StreamObserver<ExportUserResponse> out) {
    calls.adminStream(
        out,
        pieces -> {
          long uid = Calls.required("uid", request.getUid());
          ByteArrayOutputStream some = new ByteArrayOutputStream();
          accounts
              .export()
              .of(
                  uid,
                  line -> {
                    some.writeBytes(line.getBytes(StandardCharsets.UTF_8));
                    if (some.size() >= EXPORT_PIECE_BYTES) {
                      pieces.accept(exported(some));
                    }
                  });
          if (some.size() > 0) {
            pieces.accept(exported(some));
          }
        });
  }

  private static ExportUserResponse exported(ByteArrayOutputStream lines) {
    ExportUserResponse piece =
        ExportUserResponse.newBuilder()
            .setJsonLines(ByteString.copyFrom(lines.toByteArray()))
            .build();
    lines.reset();
    return piece;
  }

  @Override
  public void eraseUser(EraseUserRequest request, StreamObserver<EraseUserResponse> out) {
    calls.adminLater(
        out,
        () ->
            accounts
                .erasure()
                .begin(Calls.required("uid", request.getUid()))
                .thenApply(
                    erased -> EraseUserResponse.newBuilder().setMessagesErased(erased).build()));
  }

  @Override
  public void makeCheckpoint(
      MakeCheckpointRequest request, StreamObserver<MakeCheckpointResponse> out) {
    calls.adminLater(
        out,
        () ->
            CompletableFuture.completedFuture(
                MakeCheckpointResponse.newBuilder().setName(checkpoints.make()).build()));
  }

  @Override
  public void dropCheckpoint(
      DropCheckpointRequest request, StreamObserver<DropCheckpointResponse> out) {
    calls.admin(
        out,
        () -> {
          if (request.getName().isEmpty()) {
            throw Refusal.of(Code.BAD_REQUEST, "name: required");
          }
          boolean dropped = checkpoints.drop(request.getName());
          return DropCheckpointResponse.newBuilder().setDropped(dropped).build();
        });
  }
}
