// The left side: folders, and the sessions of one. Of a long list only what is on the screen exists.

import {Avatar} from './avatar.js';
import {Component, button, createRef, div, li, nav, p, show, small, span, strong, time, ul} from './dom.js';
import {icon} from './icons.js';
import {FOLDERS, keyOfSession} from './store.js';
import {inShort} from './talks.js';
import {say, when, wholeTime} from './text.js';

const ROW_PIXELS = 68;
const SPARE_ROWS = 8;
const LOAD_AHEAD_ROWS = 40;

export class Folders extends Component {
  render({store}) {
    return nav({class: 'folders', 'aria-label': say('folders')}, Object.keys(FOLDERS).map((name) => {
      const unread = store.totals[name];
      return button({
        type: 'button',
        key: name,
        'aria-current': store.folder === name ? 'true' : undefined,
        onClick: () => this.choose(name),
      }, say(name), unread > 0 && show(Badge, {count: unread, quiet: ['helper', 'intercepted'].includes(name)}));
    }));
  }

  choose(name) {
    const {store, talks} = this.props;
    store.set({folder: name});
    talks.tell(() => store.loadMore(name));
  }
}

function Badge({count, quiet}) {
  return span({class: quiet ? 'badge quiet' : 'badge', 'aria-label': say('unread', count)}, count > 99 ? '99+' : count);
}

export class SessionList extends Component {
  box = createRef();
  state = {top: 0, height: 800};

  componentDidMount() {
    this.resized = new ResizeObserver(() => this.setState({height: this.box.current.clientHeight}));
    this.resized.observe(this.box.current);
  }

  componentWillUnmount() {
    this.resized.disconnect();
  }

  componentDidUpdate(before) {
    if (before.folder !== this.props.folder) {
      this.box.current.scrollTop = 0;
    }
    this.loadAhead();
  }

  loadAhead() {
    const {store, talks} = this.props;
    const {top, height} = this.state;
    const last = Math.ceil((top + height) / ROW_PIXELS);
    if (store.hasMore() && last + LOAD_AHEAD_ROWS > store.list().length && store.online) {
      talks.tell(() => store.loadMore());
    }
  }

  render({store, talks}, {top, height}) {
    const sessions = store.list();
    const from = Math.max(0, Math.floor(top / ROW_PIXELS) - SPARE_ROWS);
    const to = Math.min(sessions.length, Math.ceil((top + height) / ROW_PIXELS) + SPARE_ROWS);
    return div({
      class: 'sessions',
      ref: this.box,
      tabIndex: -1,
      onScroll: (e) => this.setState({top: e.currentTarget.scrollTop}),
      onKeyDown: (e) => this.move(e),
    }, sessions.length === 0
        ? p({class: 'empty'}, say(store.hasMore() ? 'loading' : 'nothingHere'))
        : ul({'aria-label': say('sessions'), style: {height: `${sessions.length * ROW_PIXELS}px`}},
            sessions.slice(from, to).map((session, i) => show(Row, {
              key: keyOfSession(session),
              store,
              talks,
              session,
              index: from + i,
              count: sessions.length,
              open: store.open === keyOfSession(session),
            }))));
  }

  /** The arrows go from row to row, also to those that do not exist yet. */
  move(e) {
    const step = {ArrowDown: 1, ArrowUp: -1}[e.key];
    const row = e.target.closest('[data-index]');
    if (!step || !row) {
      return;
    }
    e.preventDefault();
    const count = this.props.store.list().length;
    const next = Math.max(0, Math.min(count - 1, Number(row.dataset.index) + step));
    const box = this.box.current;
    box.scrollTop = Math.max(Math.min(box.scrollTop, next * ROW_PIXELS), (next + 1) * ROW_PIXELS - box.clientHeight);
    this.setState({top: box.scrollTop}, () => box.querySelector(`[data-index="${next}"]`)?.focus());
  }
}

function Row({store, talks, session, index, count, open}) {
  const name = store.nameOf(session);
  const last = session.last_msg;
  const preview = inShort(last, (uid) => store.nameOfUser(uid));
  const speaker = session.session_type === 2 && last && last.sender_uid !== '0' && last.msg_status === 0
    ? `${store.nameOfUser(last.sender_uid)}: ` : '';
  return li({
    style: {transform: `translateY(${index * ROW_PIXELS}px)`},
    'aria-setsize': count,
    'aria-posinset': index + 1,
  }, button({
    type: 'button',
    class: open ? 'session open' : 'session',
    'data-index': index,
    'aria-current': open ? 'true' : undefined,
    onClick: () => talks.open(keyOfSession(session)),
  },
  show(Avatar, {name, face: store.faceOf(session), id: session.talker_id}),
  span({class: 'what'},
      span({class: 'line'},
          strong({class: 'name'}, name),
          session.top_ts !== '0' && icon('pinned', say('pinned')),
          session.is_dnd === 1 && icon('muted', say('muted')),
          session.live_status === 1 && span({class: 'live'}, say('live'))),
      small({class: 'preview'},
          session.at_seqno !== '0' && span({class: 'at'}, say('mentioned')), speaker, preview)),
  span({class: 'side'},
      last && time({title: wholeTime(last.timestamp)}, when(last.timestamp)),
      session.unread_count > 0 && show(Badge, {count: session.unread_count, quiet: session.is_dnd === 1}))));
}
