package dev.sixin.api;

import dev.sixin.admin.v1.Emote;
import dev.sixin.message.Content;
import dev.sixin.proto.im.EmotionInfo;
import dev.sixin.proto.type.Msg;
import dev.sixin.site.Emotes;
import java.util.List;
import java.util.Optional;

/// The emotes in texts, as clients get them.
final class Emotions {
  private Emotions() {}

  /// Each emote of some messages once, in the order in which they first appear.
  static List<EmotionInfo> in(List<Msg> messages, Emotes emotes) {
    if (emotes.isEmpty()) {
      return List.of();
    }
    return messages.stream()
        .filter(Emotions::mayHoldEmotes)
        .map(Content::textOf)
        .flatMap(Optional::stream)
        .flatMap(emotes::in)
        .distinct()
        .map(Emotions::info)
        .toList();
  }

  /// All that there are, in the order of the table.
  static List<EmotionInfo> all(Emotes emotes) {
    return emotes.all().stream().map(Emotions::info).toList();
  }

  /// Spares most messages the parsing. A bracket may be written as an escape.
  private static boolean mayHoldEmotes(Msg msg) {
    return msg.getContent().indexOf('[') >= 0 || msg.getContent().indexOf('\\') >= 0;
  }

  private static EmotionInfo info(Emote emote) {
    return EmotionInfo.newBuilder()
        .setText(emote.getText())
        .setUrl(emote.getUrl())
        .setSize(emote.getSize())
        .setGifUrl(emote.getGifUrl())
        .build();
  }
}
