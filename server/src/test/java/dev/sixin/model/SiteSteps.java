package dev.sixin.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sixin.admin.v1.PutUsersRequest;
import dev.sixin.admin.v1.Relation;
import dev.sixin.admin.v1.SetBanRequest;
import dev.sixin.admin.v1.SetFeedUnreadRequest;
import dev.sixin.admin.v1.SetLiveRequest;
import dev.sixin.admin.v1.SetRelationsRequest;
import dev.sixin.admin.v1.SetSystemNoticeRequest;
import dev.sixin.admin.v1.User;
import java.util.Set;

/// Steps in which the site says something of users.
final class SiteSteps {
  private SiteSteps() {}

  /// The site changes a profile.
  record Describe(Who who, int name, boolean business) implements Step {
    @Override
    public void take(World world) {
      User profile =
          world.model().person(world.uid(who)).profile().toBuilder()
              .setName("name " + name)
              .setFace("https://img.example/" + name)
              .setBusiness(business)
              .build();
      world.admin().putUsers(PutUsersRequest.newBuilder().addUsers(profile).build());
      world.model().putUser(profile);
    }
  }

  record Relate(Who from, Who to, Relation.Kind kind, boolean special) implements Step {
    @Override
    public void take(World world) {
      Relation relation =
          Relation.newBuilder()
              .setFromUid(world.uid(from))
              .setToUid(world.uid(to))
              .setKind(kind)
              .setSpecial(special)
              .build();
      Outcome<Integer> expected = Outcome.of(() -> world.model().setRelation(relation) ? 1 : 0);
      Outcome<Integer> actual =
          Outcome.of(
              () ->
                  world
                      .admin()
                      .setRelations(SetRelationsRequest.newBuilder().addRelations(relation).build())
                      .getChanged());
      assertThat(actual).isEqualTo(expected);
    }

    @Override
    public Set<Who> touched() {
      return Step.people(from, to);
    }
  }

  /// The site says whether somebody is live.
  record GoLive(Who who, long status) implements Step {
    @Override
    public void take(World world) {
      SetLiveRequest request =
          SetLiveRequest.newBuilder()
              .setUid(world.uid(who))
              .setLiveStatus(status)
              .setJumpUrl("https://live.example/" + world.nextNumber())
              .build();
      world.write(() -> world.model().setLive(request), () -> world.admin().setLive(request));
    }

    @Override
    public Set<Who> touched() {
      return Set.of(who);
    }
  }

  /// The site counts something of the interaction feed.
  record Feed(Who who, String counter, long count) implements Step {
    @Override
    public void take(World world) {
      SetFeedUnreadRequest request =
          SetFeedUnreadRequest.newBuilder()
              .setUid(world.uid(who))
              .putUnread(counter, count)
              .build();
      world.write(
          () -> world.model().setFeedUnread(request), () -> world.admin().setFeedUnread(request));
    }

    @Override
    public Set<Who> touched() {
      return Set.of(who);
    }
  }

  /// The site has a notice for somebody.
  record Notice(Who who, int unread) implements Step {
    @Override
    public void take(World world) {
      long number = world.nextNumber();
      SetSystemNoticeRequest request =
          SetSystemNoticeRequest.newBuilder()
              .setUid(world.uid(who))
              .setUnread(unread)
              .setTitle("notice " + number)
              .setTime("day " + number)
              .setId(number)
              .build();
      world.write(
          () -> world.model().setSystemNotice(request),
          () -> world.admin().setSystemNotice(request));
    }

    @Override
    public Set<Who> touched() {
      return Set.of(who);
    }
  }

  /// The site bans somebody from sending.
  ///
  /// @param seconds how long; 0: no longer, -1: for ever
  record Ban(Who who, long seconds) implements Step {
    @Override
    public void take(World world) {
      long until = seconds > 0 ? world.model().time().seconds() + seconds : seconds;
      SetBanRequest request =
          SetBanRequest.newBuilder().setUid(world.uid(who)).setUntil(until).build();
      world.write(() -> world.model().setBan(request), () -> world.admin().setBan(request));
    }
  }
}
