package dev.sixin.user;

import dev.sixin.admin.v1.AutoReplies;
import dev.sixin.admin.v1.KeywordReply;
import dev.sixin.refusal.Code;
import dev.sixin.refusal.Refusal;
import java.util.List;

/// What auto-replies may say.
final class ReplyTexts {
  private static final int MAX_BYTES = 64 << 10;
  private static final int MAX_TEXT_CHARS = 500;
  private static final int MAX_REPLIES = 50;
  private static final int MAX_WORDS = 20;
  private static final int MAX_WORD_CHARS = 64;

  private ReplyTexts() {}

  /// Refuses texts and words out of bounds (2), and answers to keywords with something missing
  /// (-400).
  static void check(AutoReplies replies) {
    Refusal.require("replies", replies.getSerializedSize(), 0, MAX_BYTES);
    Refusal.require("followed length", replies.getFollowed().length(), 0, MAX_TEXT_CHARS);
    Refusal.require("received length", replies.getReceived().length(), 0, MAX_TEXT_CHARS);
    Refusal.require("keywords", replies.getKeywordsCount(), 0, MAX_REPLIES);
    replies.getKeywordsList().forEach(ReplyTexts::check);
  }

  private static void check(KeywordReply reply) {
    if (reply.getText().isBlank() || reply.getExactCount() + reply.getContainedCount() == 0) {
      throw Refusal.of(Code.BAD_REQUEST, "keywords: a text and a word are required");
    }
    Refusal.require("text length", reply.getText().length(), 1, MAX_TEXT_CHARS);
    for (List<String> words : List.of(reply.getExactList(), reply.getContainedList())) {
      Refusal.require("words", words.size(), 0, MAX_WORDS);
      for (String word : words) {
        Refusal.require("word length", word.strip().length(), 1, MAX_WORD_CHARS);
      }
    }
  }
}
