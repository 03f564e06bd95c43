package dev.sixin.model;

import dev.sixin.TestServer;
import dev.sixin.admin.v1.Emote;
import dev.sixin.admin.v1.KeywordRule;
import dev.sixin.admin.v1.PutEmotesRequest;
import dev.sixin.admin.v1.PutKeywordRulesRequest;
import dev.sixin.proto.im.EmotionInfo;
import dev.sixin.proto.type.HighText;
import dev.sixin.proto.type.KeyHitInfos;
import dev.sixin.proto.type.Msg;
import java.util.List;
import java.util.Locale;

/// The operator's tables, the same in all histories: an emote, a word that is answered with a toast
/// and one that is refused.
final class Tables {
  private static final Emote DOGE =
      Emote.newBuilder()
          .setText("[tv_doge]")
          .setOldText("[doge]")
          .setUrl("https://img.example/doge.png")
          .setSize(1)
          .setGifUrl("https://img.example/doge.gif")
          .build();

  private static final KeywordRule TOASTED =
      KeywordRule.newBuilder()
          .setRuleId(2)
          .addWords("money")
          .setToast("be careful")
          .addHighText(HighText.newBuilder().setTitle("careful").setIndex(1))
          .build();

  private static final KeywordRule REFUSED =
      KeywordRule.newBuilder().setRuleId(3).addWords("lottery").setRefuse(true).build();

  private Tables() {}

  static void putTo(TestServer server) {
    server.admin().putEmotes(PutEmotesRequest.newBuilder().addEmotes(DOGE).build());
    server
        .admin()
        .putKeywordRules(
            PutKeywordRulesRequest.newBuilder().addRules(TOASTED).addRules(REFUSED).build());
  }

  /// What the tables make of a message.
  static Msg applied(Msg draft, boolean bySite) {
    if (draft.getMsgTypeValue() != Kind.TEXT.type()) {
      return draft;
    }
    String content = draft.getContent().replace(DOGE.getOldText(), DOGE.getText());
    Msg.Builder msg = draft.toBuilder();
    if (draft.getNewFaceVersion() == 0) {
      msg.setContent(content);
    }
    if (!bySite && says(content, REFUSED)) {
      throw new Refused(21035);
    }
    if (!bySite && says(content, TOASTED)) {
      msg.setKeyHitInfos(
          KeyHitInfos.newBuilder()
              .setToast(TOASTED.getToast())
              .setRuleId(TOASTED.getRuleId())
              .addAllHighText(TOASTED.getHighTextList()));
    }
    return msg.build();
  }

  private static boolean says(String content, KeywordRule rule) {
    return content.toLowerCase(Locale.ROOT).contains(rule.getWords(0));
  }

  /// The emotes in some messages, each once.
  static List<EmotionInfo> emotesIn(List<Msg> messages) {
    return messages.stream()
        .filter(msg -> msg.getMsgTypeValue() == Kind.TEXT.type())
        .filter(msg -> msg.getContent().contains(DOGE.getText()))
        .limit(1)
        .map(
            msg ->
                EmotionInfo.newBuilder()
                    .setText(DOGE.getText())
                    .setUrl(DOGE.getUrl())
                    .setSize(DOGE.getSize())
                    .setGifUrl(DOGE.getGifUrl())
                    .build())
        .toList();
  }
}
