package dev.sixin.account;

import dev.sixin.group.FanGroups;
import dev.sixin.message.Messages;
import dev.sixin.relation.Relations;
import dev.sixin.session.Sessions;
import dev.sixin.user.Users;

/// Where what is kept of users stands.
public record Kept(
    Messages messages, Sessions sessions, Relations relations, FanGroups groups, Users users) {}
