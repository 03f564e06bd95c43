package dev.sixin;

import dev.sixin.api.Rounds;
import dev.sixin.bus.Bus;
import dev.sixin.entity.Entity;
import dev.sixin.entity.News;
import dev.sixin.entity.News.SiteChanged;
import dev.sixin.entity.News.TokensRevoked;
import dev.sixin.entity.News.UserChanged;
import dev.sixin.push.Push;
import dev.sixin.site.SiteTables;
import dev.sixin.store.Announcement.Announced;
import dev.sixin.user.Users;
import java.util.List;

/// What a server does with what others announce: it forgets what is no longer so, and tells those
/// who watch.
record Hearing(Push push, Users users, SiteTables site, Rounds rounds) implements Bus.Listener {
  @Override
  public void hear(Announced announced) {
    switch ((News) announced.what()) {
      case UserChanged _, TokensRevoked _ -> users.forget(Entity.number(announced.entity()));
      case SiteChanged _ -> site.reload();
      default -> {}
    }
    push.hearFromOthers(List.of(announced));
  }

  @Override
  public void mayHaveMissed() {
    rounds.soon();
  }
}
