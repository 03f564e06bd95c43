package dev.sixin.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.client.grpc.GrpcClients;
import dev.sixin.proto.im.ImInterfaceGrpc.ImInterfaceBlockingStub;
import dev.sixin.proto.im.ReqSendMsg;
import dev.sixin.proto.im.ReqSessionMsg;
import dev.sixin.proto.type.Msg;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TargetTest {
  private static final int CALLS = 60;

  @TempDir private Path data;

  @Test
  void oneRequestRepeated_isMessagesBetweenRandomContacts() {
    Population population = new Population(5, 2);
    Progress progress = new Progress(new PrintWriter(new StringWriter()), false);
    try (Target target = new Target(0, data);
        Site site = new Site(target.uri(), target.adminToken(), progress)) {
      site.populate(population);
      target.answer(
          new UserCalls(
              population,
              site.authorizations(population.uids()),
              new Texts(40, new SplittableRandom(1))));
      ImInterfaceBlockingStub anybody =
          GrpcClients.newClient("gproto+" + target.uri(), ImInterfaceBlockingStub.class);
      for (int i = 0; i < CALLS; i++) {
        assertThat(anybody.sendMsg(ReqSendMsg.getDefaultInstance()).getMsgKey()).isPositive();
      }

      List<Msg> messages = messages(site, population);
      assertThat(messages).hasSize(CALLS);
      assertThat(messages.stream().map(Msg::getSenderUid).distinct()).hasSize(5);
      assertThat(messages.stream().map(Msg::getContent).distinct()).hasSizeGreaterThan(CALLS / 2);
    }
  }

  private static List<Msg> messages(Site site, Population population) {
    List<Msg> messages = new ArrayList<>();
    for (int pair = 0; pair < population.pairs(); pair++) {
      ReqSessionMsg request =
          ReqSessionMsg.newBuilder()
              .setTalkerId(population.uid(population.pairTo(pair)))
              .setSessionType(1)
              .setSize(CALLS)
              .build();
      long uid = population.uid(population.pairFrom(pair));
      messages.addAll(site.as(uid).syncFetchSessionMsgs(request).getMessagesList());
    }
    return messages;
  }
}
