package dev.sixin.push;

import dev.sixin.entity.Talker;
import dev.sixin.store.Announcement.Announced;
import java.util.List;

/// The other servers of the site, on which users watch too. Nothing here waits or fails: what does
/// not arrive is missed.
public interface Others {
  /// There are none.
  Others NONE =
      new Others() {
        @Override
        public void listenTo(Talker whom) {}

        @Override
        public void ignore(Talker whom) {}

        @Override
        public void settle() {}

        @Override
        public void tell(List<Announced> announced) {}
      };

  /// Somebody watches here whom it concerns what others announce of a user or a group.
  void listenTo(Talker whom);

  /// Nobody does any more.
  void ignore(Talker whom);

  /// Returns when what was asked for is heard, or after a moment.
  void settle();

  /// Tells them what was announced here.
  void tell(List<Announced> announced);
}
