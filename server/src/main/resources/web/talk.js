// The right side: one conversation.

import {Bubble} from './bubble.js';
import {Composer} from './composer.js';
import {Component, button, createRef, div, h2, header, p, section, show, span} from './dom.js';
import {keyOfSession} from './store.js';
import {dayInWords, dayOf, say} from './text.js';

const SESSIONS = '/session_svr/v1/session_svr/';
const GROUP = 2;
const NEAR_PIXELS = 80;
const LOAD_AT_PIXELS = 300;

export class TalkPane extends Component {
  render({store, talks, live, api}) {
    const talk = talks.of(store.open);
    const session = store.sessions.get(store.open) ?? {session_type: Number(talk.type), talker_id: talk.id};
    const name = store.nameOf(session);
    return section({class: 'talk', 'aria-label': name},
        header(null,
            button({type: 'button', class: 'back', 'aria-label': say('back'), onClick: () => store.set({open: null})}, '‹'),
            h2(null, name),
            session.live_status === 1 && span({class: 'live'}, say('live')),
            show(Actions, {store, talks, live, api, session})),
        show(History, {key: talk.key, store, talks, talk}),
        talk.type === '1' && p({class: 'typing', role: 'status'}, talk.typing ? say('typing', name) : ''),
        show(Composer, {key: talk.key, store, talks, talk, name, api}));
  }
}

class Actions extends Component {
  render({store, session}) {
    if (!session.session_ts) {
      return null;
    }
    const isPinned = session.top_ts !== '0';
    const isMuted = session.is_dnd === 1;
    const isIntercepted = session.is_intercept === 1;
    const isCollected = store.collected.has(keyOfSession(session));
    const isPerson = session.session_type === 1;
    const act = (words, path, fields) => button({type: 'button', onClick: () => this.act(path, fields)}, say(words));
    const talker = {talker_id: session.talker_id, session_type: session.session_type};
    return div({class: 'actions', role: 'group', 'aria-label': say('more')},
        act(isPinned ? 'unpin' : 'pin', SESSIONS + 'set_top', {...talker, op_type: isPinned ? 1 : 0}),
        act(isMuted ? 'unmute' : 'mute', '/link_setting/v1/link_setting/set_msg_dnd', {
          uid: store.me.uid,
          setting: isMuted ? 0 : 1,
          [isPerson ? 'dnd_uid' : 'dnd_group_id']: session.talker_id,
        }),
        !isPerson && act(isCollected ? 'uncollect' : 'collect', '/link_setting/v1/link_setting/set_group_helper', {
          group_id: session.talker_id, setting: isCollected ? 0 : 1,
        }),
        isPerson && act(isIntercepted ? 'trust' : 'intercept', SESSIONS + 'update_intercept', {
          talker_id: session.talker_id, status: isIntercepted ? 0 : 1,
        }),
        button({type: 'button', onClick: () => this.remove(talker)}, say('remove')));
  }

  act(path, fields) {
    const {api, store, talks, session} = this.props;
    const {talker_id: id, session_type: type} = session;
    return talks.tell(async () => {
      await api.post(path, fields);
      store.put([await api.get(SESSIONS + 'session_detail', {talker_id: id, session_type: type})]);
      if (type === GROUP) {
        await store.loadHelper();
      }
    });
  }

  remove(talker) {
    const {api, store, talks, live, session} = this.props;
    const key = keyOfSession(session);
    return talks.tell(async () => {
      await api.post(SESSIONS + 'remove_session', talker);
      if (store.open === key) { // another may have been opened in the meantime
        store.set({open: null});
      }
      await live.refresh(key); // a message may have brought it back
    });
  }
}

class History extends Component {
  box = createRef();
  atEnd = true;

  componentDidMount() {
    this.seen = () => this.read();
    addEventListener('focus', this.seen);
    this.componentDidUpdate();
  }

  componentWillUnmount() {
    removeEventListener('focus', this.seen);
  }

  getSnapshotBeforeUpdate() {
    this.look();
    const {scrollHeight, scrollTop} = this.box.current;
    return scrollHeight - scrollTop;
  }

  /** Whether it is at the end. It was moved if it stands elsewhere: an update may come before the event that says so. */
  look() {
    const {scrollHeight, scrollTop, clientHeight} = this.box.current;
    if (scrollTop !== this.top) {
      this.top = scrollTop;
      this.atEnd = scrollHeight - scrollTop - clientHeight < NEAR_PIXELS;
    }
  }

  /** Stays at the end if it was there; else what was on the screen stays there. */
  componentDidUpdate(_, __, fromEnd) {
    const box = this.box.current;
    const {talk} = this.props;
    const first = talk.messages[0]?.msg_key;
    if (this.atEnd) {
      box.scrollTop = box.scrollHeight;
    } else if (first !== this.first && fromEnd !== undefined) {
      box.scrollTop = box.scrollHeight - fromEnd;
    }
    this.first = first;
    this.read();
    this.loadAhead();
  }

  read() {
    const {talk, talks} = this.props;
    if (this.atEnd && document.hasFocus() && talk.loaded) {
      talks.read(talk);
    }
  }

  loadAhead() {
    const {talk, talks, store} = this.props;
    if (this.box.current.scrollTop < LOAD_AT_PIXELS && store.online && !talk.failure) {
      talks.older(talk);
    }
  }

  scrolled() {
    this.look();
    if (this.atEnd !== this.shownAtEnd) {
      this.setState({}, () => this.read());
    }
    this.loadAhead();
  }

  render({store, talks, talk}) {
    const session = store.sessions.get(talk.key);
    const read = talks.lastRead(talk);
    this.shownAtEnd = this.atEnd;
    return div({class: 'history-frame'},
        div({
          class: 'history',
          ref: this.box,
          tabIndex: 0,
          role: 'log',
          'aria-label': say('history'),
          onScroll: () => this.scrolled(),
          onLoadCapture: () => this.atEnd && (this.box.current.scrollTop = this.box.current.scrollHeight),
        },
        p({class: 'aside'}, talk.failure || say(talk.hasMore ? 'loading' : 'beginning')),
        lines(talk).map(({day, message}) => day
          ? p({class: 'day', key: day}, day)
          : show(Bubble, {key: message.msg_key ?? message.cli_msg_id, store, talks, talk, message, isRead: message === read}))),
        !this.atEnd && session?.unread_count > 0 && button({
          type: 'button', class: 'below', onClick: () => (this.box.current.scrollTop = this.box.current.scrollHeight),
        }, say('newBelow')));
  }
}

/** The messages, with a line before the first of each day. */
function lines(talk) {
  const lines = [];
  let day;
  for (const message of [...talk.messages, ...talk.pending, ...talk.tips]) {
    if (message.timestamp && dayOf(message.timestamp) !== day) {
      day = dayOf(message.timestamp);
      lines.push({day: dayInWords(message.timestamp)});
    }
    lines.push({message});
  }
  return lines;
}
