package dev.sixin.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import dev.sixin.proto.im.Im;
import dev.sixin.proto.notify.NotifyOuterClass;
import org.junit.jupiter.api.Test;

/** The names that stand in request paths, which existing clients go by. */
class DescriptorsTest {

  @Test
  void imInterface_hasItsTwentySixCallsInOrder() {
    ServiceDescriptor service = Im.getDescriptor().findServiceByName("ImInterface");

    assertThat(service.getFullName()).isEqualTo("bilibili.im.interface.v1.ImInterface");
    assertThat(service.getMethods())
        .extracting(MethodDescriptor::getName)
        .containsExactly(
            "SendMsg",
            "SyncRelation",
            "SyncAck",
            "SyncFetchSessionMsgs",
            "GetSessions",
            "NewSessions",
            "AckSessions",
            "UpdateAck",
            "SetTop",
            "RemoveSession",
            "SingleUnread",
            "MyGroupUnread",
            "UpdateUnflwRead",
            "GroupAssisMsg",
            "AckAssisMsg",
            "SessionDetail",
            "BatchSessDetail",
            "BatchRmSessions",
            "ShareList",
            "SpecificSingleUnread",
            "GetSpecificSessions",
            "GetLiveInfo",
            "GetTotalUnread",
            "ShowClearUnreadUI",
            "CloseClearUnreadUI",
            "UpdateTotalUnread");
  }

  @Test
  void imInterface_hasOnlyUnaryCalls() {
    assertThat(Im.getDescriptor().findServiceByName("ImInterface").getMethods())
        .noneMatch(call -> call.isClientStreaming() || call.isServerStreaming());
  }

  @Test
  void notify_hasOneCallThatStreamsToTheClient() {
    ServiceDescriptor service = NotifyOuterClass.getDescriptor().findServiceByName("Notify");

    assertThat(service.getFullName()).isEqualTo("bilibili.broadcast.message.im.Notify");
    assertThat(service.getMethods())
        .extracting(
            MethodDescriptor::getName,
            MethodDescriptor::isClientStreaming,
            MethodDescriptor::isServerStreaming)
        .containsExactly(tuple("WatchNotify", false, true));
  }
}
