package dev.sixin.session;

import static dev.sixin.TestServer.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.Group;
import dev.sixin.Person;
import dev.sixin.TestServer;
import dev.sixin.admin.v1.User;
import dev.sixin.proto.im.ReqShareList;
import dev.sixin.proto.im.RspShareList;
import dev.sixin.proto.im.ShareSessionInfo;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The rules of ShareList: the people one last spoke with.
class ShareListTest {
  private static final TestServer SERVER = TestServer.shared();

  private final Person ann = Person.on(SERVER);

  private RspShareList shareList(int size) {
    return ann.calls().shareList(ReqShareList.newBuilder().setSize(size).build());
  }

  private List<Long> shown(int size) {
    return shareList(size).getSessionListList().stream()
        .map(ShareSessionInfo::getTalkerId)
        .toList();
  }

  /// Somebody with this profile who has said something to Ann.
  private Person writer(User.Builder profile) {
    Person writer = Person.on(SERVER, profile);
    writer.says(ann, "hello");
    return writer;
  }

  private Person writer() {
    return writer(User.newBuilder().setOfficialType(-1));
  }

  @Test
  void peopleWithSessions_areShown_newestFirst_followedOrNot() {
    Person stranger = writer();
    Person followed = writer();
    ann.follows(followed);
    Person trusted = writer();
    ann.chooses(trusted, settings -> settings.setTrusted(true));
    Person spokenTo = Person.on(SERVER);
    ann.says(spokenTo, "hello");

    assertThat(shown(0))
        .containsExactly(spokenTo.uid(), trusted.uid(), followed.uid(), stranger.uid());
  }

  @Test
  void pinsDoNotCount() {
    Person old = writer();
    Person recent = writer();
    ann.pins(old);

    assertThat(shown(0)).containsExactly(recent.uid(), old.uid());
  }

  @Test
  void groupsSystemAccountsAndInterceptedOnes_areLeftOut() {
    Person bob = writer();
    Group.of(ann, bob);
    writer(User.newBuilder().setSystemMsgType(5));
    ann.chooses(writer(), settings -> settings.setIntercepted(true));
    ann.removes(writer());

    assertThat(shown(0)).containsExactly(bob.uid());
  }

  @Test
  void nameIconAndVerification_areThoseOfTheProfile() {
    Person bob = writer(User.newBuilder().setName("Bob").setFace("https://b").setOfficialType(1));

    assertThat(shareList(0).getSessionListList())
        .containsExactly(
            ShareSessionInfo.newBuilder()
                .setTalkerId(bob.uid())
                .setTalkerUname("Bob")
                .setTalkerIcon("https://b")
                .setOfficialType(1)
                .build());
  }

  @Test
  void atMost20_areShown() {
    List<Long> writers = Stream.generate(this::writer).limit(22).map(Person::uid).toList();

    assertThat(shown(0)).isEqualTo(writers.subList(2, 22).reversed());
    assertThat(shown(100)).hasSize(20);
    assertThat(shown(3)).isEqualTo(writers.subList(19, 22).reversed());
  }

  @Test
  void aNegativeSize_isRefusedWith2() {
    assertRefused(2, () -> shareList(-1));
  }

  @Test
  void theAddressListIsEmpty_onlyForWhomNobodyIsLeft() {
    assertThat(shareList(0)).isEqualTo(RspShareList.newBuilder().setIsAddressListEmpty(1).build());

    Person bob = Person.on(SERVER);
    ann.follows(bob);
    assertThat(shareList(0).getIsAddressListEmpty()).isZero();
    ann.unfollows(bob);
    assertThat(shareList(0).getIsAddressListEmpty()).isEqualTo(1);
    writer();
    assertThat(shareList(0).getIsAddressListEmpty()).isZero();
  }
}
