package dev.sixin.site;

import com.google.protobuf.MessageLite;
import dev.sixin.admin.v1.Emote;
import dev.sixin.admin.v1.KeywordRule;
import dev.sixin.admin.v1.PutEmotesRequest;
import dev.sixin.admin.v1.PutKeywordRulesRequest;
import dev.sixin.entity.Entity;
import dev.sixin.entity.Stored;
import dev.sixin.store.Bulk;
import dev.sixin.store.Key;
import dev.sixin.store.Rows;
import dev.sixin.store.Store;
import dev.sixin.store.Table;
import java.util.List;

/// The operator's tables. Each is replaced as a whole; messages see the old one or the new one.
public final class SiteTables {
  /// All rows of the site entity.
  public static final Table TABLE = Table.of("site");

  private static final Key EMOTES = Key.of(0);
  private static final Key KEYWORD_RULES = Key.of(1);

  private final Store store;
  private volatile Emotes emotes;
  private volatile KeywordRules keywordRules;

  /// The tables as they were last put into a store.
  public SiteTables(Store store) {
    this.store = store;
    Rows rows = store.rows(Entity.site());
    this.emotes =
        new Emotes(
            Stored.parse(rows.get(TABLE, EMOTES), PutEmotesRequest.getDefaultInstance())
                .getEmotesList());
    this.keywordRules =
        new KeywordRules(
            Stored.parse(
                    rows.get(TABLE, KEYWORD_RULES), PutKeywordRulesRequest.getDefaultInstance())
                .getRulesList());
  }

  /// The emotes as they are now.
  public Emotes emotes() {
    return emotes;
  }

  /// The keyword rules as they are now.
  public KeywordRules keywordRules() {
    return keywordRules;
  }

  /// Replaces all emotes. In force once this returns.
  public synchronized void putEmotes(List<Emote> table) {
    Emotes.check(table);
    Emotes next = new Emotes(table);
    put(EMOTES, PutEmotesRequest.newBuilder().addAllEmotes(table).build());
    emotes = next;
  }

  /// Replaces all keyword rules. In force once this returns.
  public synchronized void putKeywordRules(List<KeywordRule> rules) {
    KeywordRules.check(rules);
    KeywordRules next = new KeywordRules(rules);
    put(KEYWORD_RULES, PutKeywordRulesRequest.newBuilder().addAllRules(rules).build());
    keywordRules = next;
  }

  private void put(Key row, MessageLite value) {
    Bulk.await(
        store.transact(
            Entity.site(),
            site -> {
              site.put(TABLE, row, value.toByteArray());
              return row;
            }));
  }
}
