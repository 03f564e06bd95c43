package dev.sixin.model;

import dev.sixin.admin.v1.SetSessionRequest;
import dev.sixin.proto.im.ReqRemoveSession;
import dev.sixin.proto.im.ReqSetTop;
import dev.sixin.proto.im.ReqUpdateAck;
import java.util.Collection;
import java.util.stream.Stream;

/// What is true after sessions are read, pinned, removed and set.
final class Inboxes {
  private static final int MAX_PINS = 50;

  private final Model model;
  private final Time time;

  Inboxes(Model model) {
    this.model = model;
    this.time = model.time();
  }

  void setSession(SetSessionRequest request) {
    Session session = request.getSessionType() == 2 ? groupToSet(request) : peerToSet(request);
    session.dnd = request.hasDnd() ? request.getDnd() : session.dnd;
    session.pushOff = request.hasPushOff() ? request.getPushOff() : session.pushOff;
  }

  private PeerSession peerToSet(SetSessionRequest request) {
    if (request.hasHelper() || (request.getIntercepted() && request.getTrusted())) {
      throw new Refused(2);
    }
    PeerSession session = model.session(request.getUid(), request.getTalkerId());
    session.intercepted = request.hasIntercepted() ? request.getIntercepted() : session.intercepted;
    session.trusted = request.hasTrusted() ? request.getTrusted() : session.trusted;
    if (request.getIntercepted()) {
      session.trusted = false;
    }
    if (request.getTrusted()) {
      session.intercepted = false;
    }
    return session;
  }

  private GroupSession groupToSet(SetSessionRequest request) {
    if (request.hasIntercepted() || request.hasTrusted()) {
      throw new Refused(2);
    }
    GroupSession session =
        model
            .membership(request.getUid(), request.getTalkerId())
            .orElseThrow(() -> new Refused(700014));
    session.helper = request.hasHelper() ? request.getHelper() : session.helper;
    return session;
  }

  void updateAck(long uid, ReqUpdateAck request) {
    Model.requireTalker(request.getSessionType(), request.getTalkerId());
    boolean ofGroup = request.getSessionType() == 2;
    if (!ofGroup && !model.exists(request.getTalkerId())) {
      return;
    }
    Session session =
        ofGroup
            ? model.requireReadable(uid, request.getTalkerId())
            : model.session(uid, request.getTalkerId());
    long last = session.conversation().lastSeqno();
    long wanted = request.getAckSeqno();
    long target = wanted == 0 || Long.compareUnsigned(wanted, last) > 0 ? last : wanted;
    if (last != 0 && target >= session.ackSeqno) {
      read(session, target);
    }
  }

  private void read(Session session, long seqno) {
    session.ackSeqno = seqno;
    session.ackTs.setNow(session.owner().latest(one -> one.ackTs), time);
    if (session instanceof GroupSession group && group.atSeqno <= seqno) {
      group.atSeqno = 0;
    }
  }

  void setTop(long uid, ReqSetTop request) {
    Model.requireTalker(request.getSessionType(), request.getTalkerId());
    if (request.getOpType() != 0 && request.getOpType() != 1) {
      throw new Refused(2);
    }
    boolean pin = request.getOpType() == 0;
    boolean ofGroup = request.getSessionType() == 2;
    Session session = find(uid, request.getSessionType(), request.getTalkerId());
    if (session == null) {
      if (pin) {
        throw new Refused(ofGroup ? 700014 : -404);
      }
    } else if (pin) {
      pin(session);
    } else {
      session.topTs.clear();
    }
  }

  private void pin(Session session) {
    Person owner = session.owner();
    if (!session.isPinned() && owner.all().stream().filter(Session::isPinned).count() >= MAX_PINS) {
      throw new Refused(2);
    }
    session.topTs.setNow(owner.latest(one -> one.topTs), time);
    if (session instanceof PeerSession && !session.listed) {
      session.sessionTs().setNow(owner.latest(Session::sessionTs), time);
    }
    session.listed = true;
  }

  void removeSession(long uid, ReqRemoveSession request) {
    Model.requireTalker(request.getSessionType(), request.getTalkerId());
    Session session = find(uid, request.getSessionType(), request.getTalkerId());
    if (session instanceof GroupSession || (session != null && session.listed)) {
      remove(session);
    }
  }

  /// The session with somebody who exists, or with a group that the user is in; else null.
  private Session find(long uid, int sessionType, long talkerId) {
    if (sessionType == 2) {
      return model.membership(uid, talkerId).orElse(null);
    }
    return model.exists(talkerId) ? model.session(uid, talkerId) : null;
  }

  private void remove(Session session) {
    read(session, session.conversation().lastSeqno());
    session.listed = false;
    session.topTs.clear();
  }

  void updateUnflwRead(long uid) {
    readAll(model.person(uid).unfollowed());
  }

  void batchRmSessions(long uid) {
    model.person(uid).unfollowed().forEach(this::remove);
  }

  void updateTotalUnread(long uid) {
    Person person = model.person(uid);
    readAll(
        Stream.<Session>concat(person.peers().stream(), person.memberships().stream()).toList());
    person.feed().replaceAll((counter, count) -> 0L);
    person.setNotice(person.notice().toBuilder().clearUnread().build());
  }

  private void readAll(Collection<? extends Session> sessions) {
    for (Session session : sessions) {
      long last = session.conversation().lastSeqno();
      if (session.ackSeqno != last) {
        read(session, last);
      }
    }
  }

  void closeClearUnreadUI(long uid) {
    model.person(uid).closePrompt(time);
  }
}
