package dev.sixin.bench;

import dev.sixin.proto.type.RecverType;
import java.util.List;
import java.util.random.RandomGenerator;

/// Texts from random users to random contacts of theirs.
///
/// @param authorizations of all users of the population, in their order
record SendWorkload(Population population, List<byte[]> authorizations, Texts texts)
    implements Workload {
  @Override
  public Request next(RandomGenerator random) {
    int sender = random.nextInt(population.users());
    int receiver = population.contact(sender, random.nextInt(population.contacts()));
    return texts.send(
        authorizations.get(sender),
        RecverType.EN_RECVER_TYPE_PEER,
        population.uid(receiver),
        random);
  }
}
