package dev.sixin.bus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.sixin.bus.Letters.Addressed;
import dev.sixin.bus.letter.Letter;
import dev.sixin.entity.Entity;
import dev.sixin.entity.News;
import dev.sixin.entity.Talker;
import dev.sixin.proto.type.Msg;
import dev.sixin.proto.type.RecverType;
import dev.sixin.store.Announcement.Announced;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// How announcements go over the bus.
class LettersTest {
  private static final long ANN = 1;
  private static final long BOB = -2; // beyond 2^63
  private static final long CLUB = 9;

  private static final Msg TO_BOB =
      Msg.newBuilder()
          .setSenderUid(ANN)
          .setReceiverId(BOB)
          .setReceiverType(RecverType.EN_RECVER_TYPE_PEER)
          .setContent("hello")
          .build();

  private static final Msg TO_CLUB =
      TO_BOB.toBuilder()
          .setReceiverId(CLUB)
          .setReceiverType(RecverType.EN_RECVER_TYPE_GROUP)
          .build();

  private static Announced inbox(long uid, News news) {
    return new Announced(Entity.inbox(uid), 1_700_000_000_000_000L, news);
  }

  /// One announcement of each kind, and whom it is for.
  private static final Map<Announced, Set<Talker>> ALL =
      Map.of(
          new Announced(Entity.conversation(ANN, BOB), 5, new News.Said(TO_BOB, 3)),
          Set.of(Talker.user(ANN), Talker.user(BOB)),
          new Announced(Entity.group(CLUB), 5, new News.Said(TO_CLUB)),
          Set.of(Talker.group(CLUB)),
          inbox(BOB, new News.SessionChanged(Talker.group(CLUB))),
          Set.of(Talker.user(BOB)),
          inbox(BOB, new News.GroupJoined(CLUB, 7)),
          Set.of(Talker.user(BOB)),
          inbox(BOB, new News.GroupLeft(CLUB)),
          Set.of(Talker.user(BOB)),
          inbox(BOB, new News.ReadFurther(ANN, 7)),
          Set.of(Talker.user(ANN)),
          inbox(BOB, new News.Typing(ANN)),
          Set.of(Talker.user(BOB)),
          new Announced(Entity.relations(BOB), 5, new News.RelationsChanged(ANN)),
          Set.of(Talker.user(BOB)),
          new Announced(Entity.user(BOB), 5, new News.TokensRevoked(4)),
          Set.of(Talker.NOBODY),
          new Announced(Entity.user(BOB), 5, new News.UserChanged()),
          Set.of(Talker.NOBODY));

  private static final Announced SITE = new Announced(Entity.site(), 5, new News.SiteChanged());

  @Test
  void eachKind_isHere() {
    Set<Class<?>> here =
        ALL.keySet().stream().map(one -> one.what().getClass()).collect(Collectors.toSet());
    here.add(SITE.what().getClass());
    assertThat(here)
        .isEqualTo(Arrays.stream(News.class.getPermittedSubclasses()).collect(Collectors.toSet()));
  }

  @Test
  void each_comesBack_asItWas() throws InvalidProtocolBufferException {
    for (Announced announced : ALL.keySet()) {
      assertThat(Letters.read(Letters.write(announced))).contains(announced);
    }
    assertThat(Letters.read(Letters.write(SITE))).contains(SITE);
  }

  @Test
  void each_goesToThoseWhomItConcerns_andToNobodyElse() {
    ALL.forEach(
        (announced, whom) ->
            assertThat(Letters.address(announced).stream().map(Addressed::to))
                .as("%s", announced.what())
                .containsExactlyInAnyOrderElementsOf(whom));
    assertThat(Letters.address(SITE)).containsExactly(new Addressed(Talker.NOBODY, SITE));
  }

  @Test
  void whatWasSaidToOne_goesToTheInboxesOfTheTwo() {
    Announced said = new Announced(Entity.conversation(ANN, BOB), 5, new News.Said(TO_BOB));
    assertThat(Letters.address(said))
        .containsExactly(
            new Addressed(Talker.user(ANN), inboxAt5(ANN)),
            new Addressed(Talker.user(BOB), inboxAt5(BOB)));
  }

  private static Announced inboxAt5(long uid) {
    return new Announced(Entity.inbox(uid), 5, new News.Said(TO_BOB));
  }

  @Test
  void whatANewerVersionSays_isPassedOver_andWhatIsNoLetter_isSaid()
      throws InvalidProtocolBufferException {
    assertThat(Letters.read(Letter.newBuilder().setMicros(5).build().toByteArray())).isEmpty();
    assertThatThrownBy(() -> Letters.read("hello".getBytes(UTF_8)))
        .isInstanceOf(InvalidProtocolBufferException.class);
  }
}
