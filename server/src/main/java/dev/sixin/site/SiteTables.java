package dev.sixin.site;

import com.google.protobuf.MessageLite;
import dev.sixin.admin.v1.Emote;
import dev.sixin.admin.v1.KeywordRule;
import dev.sixin.admin.v1.PutEmotesRequest;
import dev.sixin.admin.v1.PutKeywordRulesRequest;
import dev.sixin.entity.Entity;
import dev.sixin.entity.News.SiteChanged;
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

  /// What the two were made of.
  private List<Emote> emoteTable = List.of();

  private List<KeywordRule> ruleTable = List.of();

  /// The tables as they were last put into a store.
  public SiteTables(Store store) {
    this.store = store;
    this.emotes = new Emotes(emoteTable);
    this.keywordRules = new KeywordRules(ruleTable);
    reload();
  }

  /// Takes the tables as they are in the store now: somebody else may have put them there.
  public synchronized void reload() {
    Rows rows = store.rows(Entity.site());
    List<Emote> storedEmotes =
        Stored.parse(rows.get(TABLE, EMOTES), PutEmotesRequest.getDefaultInstance())
            .getEmotesList();
    if (!storedEmotes.equals(emoteTable)) {
      emotes = new Emotes(storedEmotes);
      emoteTable = storedEmotes;
    }
    List<KeywordRule> storedRules =
        Stored.parse(rows.get(TABLE, KEYWORD_RULES), PutKeywordRulesRequest.getDefaultInstance())
            .getRulesList();
    if (!storedRules.equals(ruleTable)) {
      keywordRules = new KeywordRules(storedRules);
      ruleTable = storedRules;
    }
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
    emoteTable = List.copyOf(table);
  }

  /// Replaces all keyword rules. In force once this returns.
  public synchronized void putKeywordRules(List<KeywordRule> rules) {
    KeywordRules.check(rules);
    KeywordRules next = new KeywordRules(rules);
    put(KEYWORD_RULES, PutKeywordRulesRequest.newBuilder().addAllRules(rules).build());
    keywordRules = next;
    ruleTable = List.copyOf(rules);
  }

  private void put(Key row, MessageLite value) {
    Bulk.await(
        store.transact(
            Entity.site(),
            site -> {
              site.put(TABLE, row, value.toByteArray());
              site.announce(new SiteChanged());
              return row;
            }));
  }
}
