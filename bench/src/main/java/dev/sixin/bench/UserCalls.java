package dev.sixin.bench;

import dev.sixin.bench.Workload.Request;
import dev.sixin.proto.im.ImInterfaceGrpc;
import dev.sixin.proto.im.ReqGetSessions;
import dev.sixin.proto.im.ReqSessionMsg;
import dev.sixin.proto.im.ReqSingleUnread;
import dev.sixin.proto.im.ReqUpdateAck;
import dev.sixin.proto.type.RecverType;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// Calls of random users of a population, about random contacts of theirs.
///
/// @param authorizations of all users, in their order
record UserCalls(Population population, List<byte[]> authorizations, Texts texts) {
  /// How many sessions or messages are asked for, as clients do.
  static final int PAGE = 20;

  private static final int PRIVATE = 1;

  private static final Method FETCH = Method.of(ImInterfaceGrpc.getSyncFetchSessionMsgsMethod());
  private static final Method SESSIONS = Method.of(ImInterfaceGrpc.getGetSessionsMethod());
  private static final Method UNREAD = Method.of(ImInterfaceGrpc.getSingleUnreadMethod());
  private static final Method ACK = Method.of(ImInterfaceGrpc.getUpdateAckMethod());

  private static final ReqGetSessions FIRST_SESSIONS =
      ReqGetSessions.newBuilder().setSize(PAGE).build();

  /// A text to a contact.
  Request send(RandomGenerator random) {
    int user = user(random);
    return send(user, contact(user, random), random);
  }

  private Request send(int from, int to, RandomGenerator random) {
    return texts.send(
        authorizations.get(from), RecverType.EN_RECVER_TYPE_PEER, population.uid(to), random);
  }

  /// One of the calls that fill all conversations evenly: both sides of each write in turn.
  ///
  /// @param number from 0 on
  Request line(int number) {
    int pair = number % population.pairs();
    int from = population.pairFrom(pair);
    int to = population.pairTo(pair);
    RandomGenerator random = new SplittableRandom(number);
    boolean back = number / population.pairs() % 2 == 1;
    return back ? send(to, from, random) : send(from, to, random);
  }

  /// The newest messages with a contact.
  Request fetch(RandomGenerator random) {
    int user = user(random);
    ReqSessionMsg request =
        ReqSessionMsg.newBuilder()
            .setTalkerId(population.uid(contact(user, random)))
            .setSessionType(PRIVATE)
            .setSize(PAGE)
            .build();
    return FETCH.call(authorizations.get(user), request);
  }

  /// The first sessions.
  Request sessions(RandomGenerator random) {
    return sessions(authorizations.get(user(random)));
  }

  /// Somebody's first sessions.
  static Request sessions(byte[] authorization) {
    return SESSIONS.call(authorization, FIRST_SESSIONS);
  }

  /// What a conversation of an evening is made of: one message sent, two conversations and two
  /// lists looked at, one unread count, one conversation read.
  Request mixed(RandomGenerator random) {
    return switch (random.nextInt(7)) {
      case 0 -> send(random);
      case 1, 2 -> fetch(random);
      case 3, 4 -> sessions(random);
      case 5 -> UNREAD.call(authorizations.get(user(random)), ReqSingleUnread.getDefaultInstance());
      default -> ack(random);
    };
  }

  private Request ack(RandomGenerator random) {
    int user = user(random);
    ReqUpdateAck request =
        ReqUpdateAck.newBuilder()
            .setTalkerId(population.uid(contact(user, random)))
            .setSessionType(PRIVATE)
            .build();
    return ACK.call(authorizations.get(user), request);
  }

  private int user(RandomGenerator random) {
    return random.nextInt(population.users());
  }

  private int contact(int user, RandomGenerator random) {
    return population.contact(user, random.nextInt(population.contacts()));
  }
}
