package dev.sixin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sixin.admin.v1.PutUsersRequest;
import dev.sixin.admin.v1.User;
import dev.sixin.proto.im.ReqGetSessions;
import dev.sixin.proto.im.ReqSingleUnread;
import dev.sixin.proto.type.Msg;
import dev.sixin.store.cassandra.CassandraNode;
import dev.sixin.store.cassandra.CutOff;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// The nodes of the database are away for a while, and what people are told then.
@Tag("cassandra")
@EnabledIfSystemProperty(named = CassandraNode.PROPERTY, matches = ".+")
class NodesAwayTest {
  @Test
  void whileTheNodesAreAway_whateverNeedsThem_isMinusThree_thenAllGoesOn() throws Exception {
    try (CutOff line = new CutOff(CassandraNode.onlyAddress());
        TestServer server =
            TestServer.start("--contact-points=127.0.0.1:" + line.address().getPort())) {
      Person ann = Person.on(server);
      Person bob = Person.on(server);
      server.friends(ann.uid(), bob.uid());
      long first = ann.says(bob, "before");
      Msg.Builder second = TestServer.text(bob.uid(), "meanwhile").setCliMsgId(77);

      line.cut();
      awaitWritable(server, 0);
      List<Runnable> calls =
          List.of(
              () -> ann.sends(second),
              () -> ann.history(bob),
              () -> ann.acks(bob, 0),
              () -> ann.pins(bob),
              () -> ann.calls().getSessions(ReqGetSessions.getDefaultInstance()),
              () -> ann.calls().singleUnread(ReqSingleUnread.getDefaultInstance()),
              () -> ann.follows(bob),
              () ->
                  server
                      .admin()
                      .putUsers(
                          PutUsersRequest.newBuilder()
                              .addUsers(User.newBuilder().setUid(ann.uid()).setName("Ann"))
                              .build()));
      for (Runnable call : calls) {
        StatusRuntimeException e = catchThrowableOfType(StatusRuntimeException.class, call::run);
        assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(TestServer.details(e).getCode()).isEqualTo(-3);
      }

      line.mend();
      awaitWritable(server, 1);
      long sent = ann.sends(second).getMsgKey();
      assertThat(bob.history(ann)).extracting(Msg::getMsgKey).containsExactly(first, sent);
    }
  }

  @Test
  void whileTheNodesAreSlow_aCallThatAsksThemManyTimes_isMinusThreeInTime() throws Exception {
    try (CutOff line = new CutOff(CassandraNode.onlyAddress());
        TestServer server =
            TestServer.start("--contact-points=127.0.0.1:" + line.address().getPort())) {
      Person ann = Person.on(server);
      for (int i = 0; i < 20; i++) {
        Person other = Person.on(server);
        server.friends(ann.uid(), other.uid());
        var _ = other.says(ann, "hello");
      }
      Runnable list = () -> ann.calls().getSessions(ReqGetSessions.getDefaultInstance());

      line.slow(Duration.ofMillis(400)); // each of twenty last messages is a question of its own
      StatusRuntimeException e = catchThrowableOfType(StatusRuntimeException.class, list::run);
      assertThat(TestServer.details(e).getCode()).isEqualTo(-3);

      line.mend();
      list.run();
    }
  }

  private static void awaitWritable(TestServer server, int value) {
    Await.until(
        "writable: " + value,
        () -> server.meters().get("sixin.store.writable").gauge().value() == value);
  }
}
