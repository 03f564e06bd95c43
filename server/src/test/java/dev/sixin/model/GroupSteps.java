package dev.sixin.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.admin.v1.Member;
import dev.sixin.admin.v1.PutGroupRequest;
import dev.sixin.admin.v1.PutGroupRequest.Status;
import dev.sixin.admin.v1.SetMembersRequest;
import dev.sixin.proto.im.DummyRsp;
import dev.sixin.proto.im.ReqAckAssisMsg;
import dev.sixin.proto.im.ReqSendMsg;
import java.util.List;
import java.util.Set;

/// Steps that only groups have; whatever can be done with a user too is in [Step].
final class GroupSteps {
  private GroupSteps() {}

  /// The site describes a group, a new one or one that is there.
  ///
  /// @param number what stands in the description; 0: it has no name
  record Put(Club club, Who owner, Status status, int number) implements Step {
    @Override
    public void take(World world) {
      PutGroupRequest request =
          PutGroupRequest.newBuilder()
              .setGroupId(world.id(club))
              .setOwnerUid(world.uid(owner))
              .setName(number == 0 ? "" : "group " + number)
              .setCover("https://img.example/" + number)
              .setNotice("notice " + number)
              .setGroupType(number % 2 * 2)
              .setGroupLevel(number)
              .setFansMedalName("medal " + number)
              .setRoomId(number)
              .setStatus(status)
              .build();
      Outcome<Boolean> expected = Outcome.of(() -> world.model().groups().putGroup(request));
      Outcome<Boolean> actual = Outcome.of(() -> world.admin().putGroup(request).getCreated());
      assertThat(actual).isEqualTo(expected);
    }

    @Override
    public Set<Who> touched() {
      return Set.of(owner);
    }
  }

  /// Somebody and a role.
  record Seat(Who who, int role) {}

  /// The site says who comes, who goes and who is what.
  record Members(Club club, List<Seat> put, List<Who> left, List<Who> kicked) implements Step {
    @Override
    public void take(World world) {
      SetMembersRequest.Builder builder = SetMembersRequest.newBuilder().setGroupId(world.id(club));
      put.forEach(
          seat ->
              builder.addPut(
                  Member.newBuilder().setUid(world.uid(seat.who())).setRole(seat.role())));
      left.forEach(who -> builder.addLeft(world.uid(who)));
      kicked.forEach(who -> builder.addKicked(world.uid(who)));
      SetMembersRequest request = builder.build();
      Outcome<Integer> expected = Outcome.of(() -> world.model().groups().setMembers(request));
      Outcome<Integer> actual = Outcome.of(() -> world.admin().setMembers(request).getChanged());
      assertThat(actual).isEqualTo(expected);
    }

    @Override
    public Set<Who> touched() {
      Set<Who> all = Step.people(put.stream().map(Seat::who).toArray(Who[]::new));
      all.addAll(left);
      all.addAll(kicked);
      return all;
    }
  }

  /// A text that mentions some, members or not.
  record Mention(Who from, Talker to, List<Who> whom, int cli) implements Step {
    @Override
    public void take(World world) {
      ReqSendMsg.Builder request = ReqSendMsg.newBuilder();
      request.setMsg(Step.draft(world, to, Kind.TEXT, cli));
      whom.forEach(who -> request.getMsgBuilder().addAtUids(world.uid(who)));
      request.getMsgBuilder().addAtUids(0); // nobody
      world.send(from, request.build(), Kind.TEXT);
    }

    @Override
    public Set<Who> touched() {
      Set<Who> all = Step.people(from, to);
      all.addAll(whom);
      return all;
    }
  }

  /// A client says how far it has read what the helper collects, which nobody sees.
  record AckHelper(Who who, long key) implements Step {
    @Override
    public void take(World world) {
      ReqAckAssisMsg request = ReqAckAssisMsg.newBuilder().setAckSeqno(key).build();
      assertThat(world.as(who).ackAssisMsg(request)).isEqualTo(DummyRsp.getDefaultInstance());
    }

    @Override
    public Set<Who> touched() {
      return Set.of(who);
    }
  }
}
