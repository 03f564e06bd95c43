package dev.sixin.model;

import dev.sixin.admin.v1.PutGroupRequest;
import dev.sixin.admin.v1.PutGroupRequest.Status;
import java.util.LinkedHashMap;
import java.util.Map;

/// A group of the model.
final class Group {
  private final Conversation conversation = new Conversation();
  private final Map<Long, Integer> roles = new LinkedHashMap<>();
  private final Stamp lastTs = new Stamp();
  private PutGroupRequest description;

  Group(PutGroupRequest description) {
    this.description = description;
  }

  long id() {
    return description.getGroupId();
  }

  PutGroupRequest description() {
    return description;
  }

  void describe(PutGroupRequest said) {
    description = said;
  }

  boolean isDissolved() {
    return description.getStatus() == Status.DISSOLVED;
  }

  /// Its members and their roles.
  Map<Long, Integer> roles() {
    return roles;
  }

  Conversation conversation() {
    return conversation;
  }

  /// When its last message came.
  Stamp lastTs() {
    return lastTs;
  }
}
