package dev.sixin.entity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sixin.proto.type.Msg;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Events that a store delivers later than they were told.
class HappeningsTest {
  private static final Happenings CODEC = new Happenings();

  static Stream<Class<?>> kinds() {
    return Arrays.stream(Happening.class.getPermittedSubclasses());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void everyEvent_comesBackAsItWas(Class<?> kind) throws ReflectiveOperationException {
    for (int seed : new int[] {0, 1}) {
      Happening happening = of(kind, seed);

      assertThat(CODEC.event(CODEC.bytes(happening))).isEqualTo(happening);
    }
  }

  /// An event each of whose parts differs from all others; with seed 0 as empty as can be.
  private static Happening of(Class<?> kind, int seed) throws ReflectiveOperationException {
    RecordComponent[] parts = kind.getRecordComponents();
    Object[] values = new Object[parts.length];
    for (int i = 0; i < parts.length; i++) {
      values[i] = value(parts[i].getType(), seed * (i + 1));
    }
    Class<?>[] types = Arrays.stream(parts).map(RecordComponent::getType).toArray(Class<?>[]::new);
    return (Happening) kind.getDeclaredConstructor(types).newInstance(values);
  }

  private static Object value(Class<?> type, int number) {
    return switch (type.getSimpleName()) {
      case "int" -> -number;
      case "long" -> -1L - number;
      case "boolean" -> number != 0;
      case "String" -> "文".repeat(number);
      case "Talker" -> new Talker(number, -number);
      case "Totals" -> new Totals(number, 2L * number);
      case "Msg" -> Msg.newBuilder().setSenderUid(number).setContent("{}").build();
      default -> throw new AssertionError("a part of a type that is new here: " + type);
    };
  }

  @Test
  void whatIsNoEvent_isSaid() {
    assertThatThrownBy(() -> CODEC.event(new byte[] {7})).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> CODEC.event(new byte[0]))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("kind");
  }
}
