package dev.sixin.session;

import dev.sixin.entity.rows.SessionRow;
import dev.sixin.store.View;
import java.util.Optional;

/// Completes stored sessions with groups from the groups' own rows.
@FunctionalInterface
public interface GroupView {
  /// A session as its owner sees it now: last message, news and unread filled in, `listed` told.
  ///
  /// @return empty when the owner is in the group no longer, or it is dissolved
  Optional<SessionRow> complete(View view, long uid, SessionRow stored);
}
