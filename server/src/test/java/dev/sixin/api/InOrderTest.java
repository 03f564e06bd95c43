package dev.sixin.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class InOrderTest {
  @Test
  void tasks_beginInTheOrderInWhichTheyCame_thoughTheirThreadsDoNot() {
    Deque<Runnable> threads = new ArrayDeque<>();
    InOrder executor = new InOrder(threads::add);
    List<Integer> begun = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      int number = i;
      executor.execute(() -> begun.add(number));
    }

    threads.removeLast().run();
    threads.removeFirst().run();
    executor.execute(() -> begun.add(4));
    threads.removeLast().run();
    threads.forEach(Runnable::run);

    assertThat(begun).containsExactly(0, 1, 2, 3, 4);
  }
}
