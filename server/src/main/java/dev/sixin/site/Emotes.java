package dev.sixin.site;

import dev.sixin.admin.v1.Emote;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A table of emotes. An emote stands in a text as its name in brackets: `[tv_doge]`.
public final class Emotes {
  private static final int MOST = 10_000;
  private static final int NAME_CHARS = 128;
  private static final int URL_BYTES = 2_048;

  /// A name with its brackets. Possessive, so that brackets that never close cost no more than
  /// others.
  private static final Pattern NAME = Pattern.compile("\\[[^\\[\\]]++]");

  private final Map<String, Emote> named = new LinkedHashMap<>();
  private final Map<String, String> renamed = new HashMap<>();

  Emotes(List<Emote> table) {
    for (Emote emote : table) {
      named.put(emote.getText(), emote);
      if (!emote.getOldText().isEmpty()) {
        renamed.put(emote.getOldText(), emote.getText());
      }
    }
  }

  /// Refuses a table with something missing (-400), or with a name that is none or stands twice, or
  /// out of bounds (2). An old name may be the name of another emote: that is how names are reused.
  static void check(List<Emote> table) {
    Refusal.require("emotes", table.size(), 0, MOST);
    Set<String> names = new HashSet<>();
    Set<String> oldNames = new HashSet<>();
    for (Emote emote : table) {
      if (emote.getText().isEmpty() || emote.getUrl().isEmpty()) {
        throw Refusal.of(Code.BAD_REQUEST, "emotes: text and url are required");
      }
      checkName("text", emote.getText(), names);
      Refusal.require("url length", emote.getUrlBytes().size(), 1, URL_BYTES);
      Refusal.require("size", emote.getSize(), 0, 2);
      Refusal.require("gif_url length", emote.getGifUrlBytes().size(), 0, URL_BYTES);
      if (!emote.getOldText().isEmpty()) {
        checkName("old_text", emote.getOldText(), oldNames);
      }
    }
  }

  private static void checkName(String field, String name, Set<String> known) {
    boolean isName = name.length() <= NAME_CHARS && NAME.matcher(name).matches();
    if (!isName) {
      throw Refusal.of(
          Code.BAD_PARAMETER,
          "%s: %s (expected: a name in brackets, at most %d characters)"
              .formatted(field, name, NAME_CHARS));
    }
    if (!known.add(name)) {
      throw Refusal.of(Code.BAD_PARAMETER, "%s: %s twice".formatted(field, name));
    }
  }

  /// All of them, in the order of the table.
  public Collection<Emote> all() {
    return Collections.unmodifiableCollection(named.values());
  }

  /// Whether there are none.
  public boolean isEmpty() {
    return named.isEmpty();
  }

  /// A text with the new names of emotes in place of the old ones.
  public String withNewNames(String text) {
    if (renamed.isEmpty() || text.indexOf('[') < 0) {
      return text;
    }
    return NAME.matcher(text)
        .replaceAll(
            name -> Matcher.quoteReplacement(renamed.getOrDefault(name.group(), name.group())));
  }

  /// The emotes of this table that stand in a text, in order, as often as they stand there.
  public Stream<Emote> in(String text) {
    return NAME.matcher(text)
        .results()
        .map(MatchResult::group)
        .map(named::get)
        .filter(Objects::nonNull);
  }
}
