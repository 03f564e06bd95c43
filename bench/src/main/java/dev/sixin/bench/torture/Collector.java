package dev.sixin.bench.torture;

import dev.sixin.bench.torture.history.Call.Fetch;
import dev.sixin.bench.torture.history.Outcome.Page;
import dev.sixin.bench.torture.history.Talk;
import java.util.HashMap;
import java.util.Map;

/// What a client has of its user's conversations, always up to some message and without gaps.
final class Collector {
  private static final int PAGE = 20;

  private final Client client;
  private final Map<Talk, Long> known = new HashMap<>();

  Collector(Client client) {
    this.client = client;
  }

  /// The number of the last message that it has; 0: none.
  long known(Talk talk) {
    return known.getOrDefault(talk, 0L);
  }

  /// Fetches what is new in a conversation.
  ///
  /// @return whether it has all that there was; else it has to try again
  boolean catchUp(Talk talk) {
    while (true) {
      Fetch fetch = new Fetch(client.uid(), talk, known(talk), true, true);
      if (!(client.fetch(fetch, PAGE) instanceof Page page)) {
        return false;
      }
      if (!page.lines().isEmpty()) {
        known.put(talk, page.lines().getLast().seqno());
      }
      if (!page.more()) {
        return true;
      }
    }
  }
}
