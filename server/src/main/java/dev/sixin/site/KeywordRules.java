package dev.sixin.site;

import dev.sixin.admin.v1.KeywordRule;
import dev.sixin.proto.type.HighText;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BinaryOperator;
import org.ahocorasick.trie.PayloadEmit;
import org.ahocorasick.trie.PayloadTrie;

/// A list of keyword rules, made ready to look for all words in one pass over a text (Aho and
/// Corasick). Upper and lower case are the same.
public final class KeywordRules {
  private static final int MOST_WORDS = 10_000;
  private static final int WORD_CHARS = 64;
  private static final int TOAST_BYTES = 1_000;
  private static final int HIGH_TEXTS = 10;
  private static final int HIGH_TEXT_BYTES = 500;

  /// The rule that decides comes first: one that refuses, then the lowest number.
  private static final Comparator<KeywordRule> DECIDING =
      Comparator.comparing(KeywordRule::getRefuse)
          .reversed()
          .thenComparing(KeywordRule::getRuleId, Integer::compareUnsigned);

  private final PayloadTrie<KeywordRule> words;
  private final boolean isEmpty;

  KeywordRules(List<KeywordRule> rules) {
    Map<String, KeywordRule> deciding = new HashMap<>();
    for (KeywordRule rule : rules) {
      for (String word : rule.getWordsList()) {
        deciding.merge(word, rule, BinaryOperator.minBy(DECIDING));
      }
    }
    PayloadTrie.PayloadTrieBuilder<KeywordRule> builder =
        PayloadTrie.<KeywordRule>builder().ignoreCase();
    deciding.forEach(builder::addKeyword);
    this.words = builder.build();
    this.isEmpty = deciding.isEmpty();
  }

  /// Refuses rules with something missing (-400), or with a number that stands twice, or out of
  /// bounds (2).
  static void check(List<KeywordRule> rules) {
    Refusal.require(
        "words", rules.stream().mapToInt(KeywordRule::getWordsCount).sum(), 0, MOST_WORDS);
    Set<Integer> ids = new HashSet<>();
    for (KeywordRule rule : rules) {
      if (rule.getRuleId() == 0 || rule.getWordsCount() == 0) {
        throw Refusal.of(Code.BAD_REQUEST, "rules: rule_id and words are required");
      }
      if (!ids.add(rule.getRuleId())) {
        throw Refusal.of(
            Code.BAD_PARAMETER,
            "rule_id: %s twice".formatted(Integer.toUnsignedString(rule.getRuleId())));
      }
      rule.getWordsList().forEach(KeywordRules::checkWord);
      Refusal.require("toast length", rule.getToastBytes().size(), 0, TOAST_BYTES);
      Refusal.require("high_text", rule.getHighTextCount(), 0, HIGH_TEXTS);
      rule.getHighTextList().forEach(KeywordRules::checkHighText);
    }
  }

  private static void checkWord(String word) {
    if (word.isEmpty()) {
      throw Refusal.of(Code.BAD_REQUEST, "words: an empty one");
    }
    if (word.isBlank()) {
      throw Refusal.of(Code.BAD_PARAMETER, "words: a blank one, which nearly every text holds");
    }
    Refusal.require("word length", word.length(), 1, WORD_CHARS);
  }

  private static void checkHighText(HighText highlight) {
    if (highlight.getTitle().isEmpty() || highlight.getIndex() == 0) {
      throw Refusal.of(Code.BAD_REQUEST, "high_text: title and index, from 1, are required");
    }
    Refusal.require("title length", highlight.getTitleBytes().size(), 1, HIGH_TEXT_BYTES);
    Refusal.require("url length", highlight.getUrlBytes().size(), 0, HIGH_TEXT_BYTES);
  }

  /// The rule that decides about a text, if one of its words stands in it: a rule that refuses
  /// before all others, then the one with the lowest number.
  public Optional<KeywordRule> deciding(String text) {
    if (isEmpty) {
      return Optional.empty();
    }
    return words.parseText(text).stream().map(PayloadEmit::getPayload).min(DECIDING);
  }
}
