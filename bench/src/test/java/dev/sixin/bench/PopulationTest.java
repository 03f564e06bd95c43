package dev.sixin.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PopulationTest {
  @ParameterizedTest
  @CsvSource({"3, 2", "17, 16", "100, 16", "101, 16", "1000, 4"})
  void everyUser_hasAsManyDifferentContacts_andIsAContactOfThem(int users, int contacts) {
    Population population = new Population(users, contacts);

    Set<String> pairs = new HashSet<>();
    for (int i = 0; i < population.pairs(); i++) {
      int from = population.pairFrom(i);
      int to = population.pairTo(i);
      pairs.add(Math.min(from, to) + "-" + Math.max(from, to));
    }
    assertThat(pairs).hasSize(users * contacts / 2);
    for (int user = 0; user < users; user++) {
      Set<Integer> found = new TreeSet<>();
      for (int k = 0; k < contacts; k++) {
        int contact = population.contact(user, k);
        found.add(contact);
        assertThat(pairs).contains(Math.min(user, contact) + "-" + Math.max(user, contact));
      }
      assertThat(found).hasSize(contacts).doesNotContain(user);
      assertThat(found.stream().allMatch(contact -> contact >= 0 && contact < users)).isTrue();
    }
  }
}
