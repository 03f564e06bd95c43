// Keeps the page up to date: listens to the server's stream of events, or asks every few seconds when
// there is none. An event only says that there is news; what is new is asked for in one way.

import {Refused, Unreachable} from './api.js';
import {greatest, parse} from './json.js';
import {keyOf, keyOfSession} from './store.js';

const SESSIONS = '/session_svr/v1/session_svr/';
const POLL_MILLIS = 3000;
const ANYWAY_MILLIS = 30_000;
const FIRST_RETRY_MILLIS = 500;
const LAST_RETRY_MILLIS = 10_000;
const GROUP = 2;
const NOT_SIGNED_IN = -101;

export class Live {
  #api;
  #store;
  #talks;
  #line = new AbortController();
  #ended = false;
  #streams = true;
  #lastId;
  #syncing = null;
  #again = false;
  #touched = new Set();
  #helperTouched = true;
  #anyTouched = false;
  #news = null;
  #reads = null;
  #wake = () => {};

  /** @param signedOut called when the server knows the token no longer */
  constructor(api, store, talks, signedOut) {
    this.#api = api;
    this.#store = store;
    this.#talks = talks;
    this.signedOut = signedOut;
  }

  async run() {
    this.#api.lost = () => this.#lose();
    this.#talks.acted = () => this.#syncQuietly();
    addEventListener('online', () => this.#wake());
    const timer = setInterval(() => {
      this.#syncQuietly();
      this.#talks.askPosition();
    }, ANYWAY_MILLIS);
    let retry = FIRST_RETRY_MILLIS;
    while (!this.#ended) {
      this.#line = new AbortController();
      this.#helperTouched = true;
      try {
        await this.sync();
        this.#reach();
        retry = FIRST_RETRY_MILLIS;
        await this.#listen();
      } catch (e) {
        if (!(e instanceof Unreachable)) {
          this.#failed(e);
        }
      }
      if (!this.#store.online) {
        retry = Math.min(2 * retry, LAST_RETRY_MILLIS);
      }
      await this.#pause(this.#streams || !this.#store.online ? retry : POLL_MILLIS);
    }
    clearInterval(timer);
  }

  async #listen() {
    if (this.#streams) {
      this.#streams = await this.#api.events({
        lastId: this.#lastId,
        signal: this.#line.signal,
        begun: () => this.#talks.askPosition(),
        event: ({id, name, data}) => {
          this.#lastId = id ?? this.#lastId;
          this.#happened(name, data);
        },
      });
    }
  }

  stop() {
    this.#ended = true;
    this.#line.abort();
    this.#wake();
  }

  #lose() {
    if (this.#store.online) {
      this.#store.set({online: false});
      this.#line.abort();
    }
  }

  #reach() {
    if (!this.#store.online) {
      this.#store.set({online: true});
      this.#talks.resendLost();
    }
  }

  /** A token that is known no longer ends it all; other refusals are for whoever asked. */
  #failed(e) {
    if (e instanceof Refused && e.code === NOT_SIGNED_IN) {
      this.stop();
      this.signedOut();
    }
  }

  #pause(millis) {
    return new Promise((resolve) => {
      this.#wake = resolve;
      setTimeout(resolve, millis);
    });
  }

  #happened(name, data) {
    if (!data) {
      return;
    }
    if (name === 'typing') {
      this.#talks.typed(parse(data).uid);
      return;
    }
    if (name === 'read') {
      const {uid, seqno} = parse(data);
      this.#talks.readBy(uid, seqno);
      return;
    }
    const {notify_info: where, instant_msg: message} = parse(data);
    const isSomewhere = where && where.talker_id !== '0';
    if (isSomewhere && !message) {
      this.#touched.add(keyOf(where.session_type, where.talker_id));
    }
    this.#anyTouched ||= !isSomewhere;
    this.#helperTouched ||= !isSomewhere || this.#mayChangeHelper(where, message);
    this.#syncQuietly();
  }

  /** No list of news tells of groups that the helper collects, nor of those that it ceases to collect. */
  #mayChangeHelper({session_type: type, talker_id: id}, message) {
    return type === GROUP && (!message || this.#store.collected.has(keyOf(type, id)));
  }

  #syncQuietly() {
    this.sync().catch((e) => this.#failed(e));
  }

  /** Gets all news. While it runs, another is put off until it has ended, and there is never a third. */
  sync() {
    if (this.#syncing) {
      this.#again = true;
      return this.#syncing;
    }
    this.#syncing = this.#syncAll().finally(() => (this.#syncing = null));
    return this.#syncing;
  }

  async #syncAll() {
    do {
      this.#again = false;
      await this.#sessions();
      await Promise.all([this.#totals(), this.#talks.catchUp()]);
    } while (this.#again);
  }

  async #sessions() {
    if (!this.#news) {
      await this.#begin();
    }
    for (const follow of [this.#news, this.#reads]) {
      for (let more = 1; more === 1;) {
        const page = await this.#api.get(SESSIONS + follow.path, {begin_ts: follow.from, size: 100});
        follow.from = latest(page, follow.field, follow.from);
        this.#store.put(page.session_list ?? []);
        more = page.has_more;
      }
    }
    for (const key of [...this.#touched]) {
      this.#touched.delete(key);
      await this.refresh(key);
    }
    if (this.#helperTouched) {
      this.#helperTouched = false;
      await this.#loadHelper();
    }
    if (this.#anyTouched) {
      this.#anyTouched = false;
      await this.#relist();
    }
  }

  /** Gets the newest sessions as they are now: any of them may have changed while nobody said which. */
  async #relist() {
    try {
      for (const [type, intercepted] of [[4, 0], [5, 1]]) {
        const page = await this.#api.get(SESSIONS + 'get_sessions', {session_type: type, size: 100});
        this.#store.replaceNewest(page.session_list ?? [], page.has_more === 1, intercepted);
      }
    } catch (e) {
      this.#anyTouched = true;
      throw e;
    }
  }

  async #loadHelper() {
    try {
      await this.#store.loadHelper();
    } catch (e) {
      this.#helperTouched = true;
      throw e;
    }
  }

  /** From when on there is news is asked before what there is, so that nothing falls between the two. */
  async #begin() {
    const [all, read] = await Promise.all([
      this.#api.get(SESSIONS + 'get_sessions', {session_type: 4, size: 1}),
      this.#api.get(SESSIONS + 'get_sessions', {session_type: 1, sort_rule: 3, size: 1}),
    ]);
    this.#store.put(all.session_list ?? []);
    await this.#store.loadMore('main');
    await this.#store.loadMore('groups');
    this.#news = {path: 'new_sessions', field: 'session_ts', from: latest(all, 'session_ts', '0')};
    this.#reads = {path: 'ack_sessions', field: 'ack_ts', from: latest(read, 'ack_ts', '0')};
  }

  /** Gets one session as it is now; one that is in no list any more is not shown. */
  async refresh(key) {
    const [type, id] = key.split(':');
    const known = this.#store.sessions.get(key);
    try {
      const session = await this.#api.get(SESSIONS + 'session_detail', {session_type: type, talker_id: id});
      if (await this.#isListed(session)) {
        this.#store.put([session]);
        return;
      }
    } catch (e) {
      if (!(e instanceof Refused)) {
        throw e;
      }
    }
    if (this.#store.sessions.get(key) === known) { // else news came in the meantime
      this.#store.drop(key);
    }
  }

  /** A session that was removed has all it had, but stands in no list: its moment is asked for there. */
  async #isListed(session) {
    const key = keyOfSession(session);
    if (session.top_ts !== '0' || this.#store.collected.has(key)) {
      return true;
    }
    const {session_list: found} = await this.#api.get(SESSIONS + 'get_sessions', {
      session_type: session.is_intercept === 1 ? 5 : 4,
      begin_ts: BigInt(session.session_ts) - 1n,
      end_ts: BigInt(session.session_ts) + 1n,
    });
    return (found ?? []).some((each) => keyOfSession(each) === key);
  }

  async #totals() {
    const everything = {unread_type: 0, show_unfollow_list: 1, show_dustbin: 1};
    const people = await this.#api.get(SESSIONS + 'single_unread', everything);
    this.#store.set({totals: {
      main: people.follow_unread,
      unfollowed: people.unfollow_unread,
      groups: this.#unreadIn('groups'),
      helper: this.#unreadIn('helper'),
      intercepted: people.dustbin_unread,
    }});
  }

  /** The server's own count is of the groups that the user owns. */
  #unreadIn(folder) {
    const loud = this.#store.list(folder).filter((s) => s.is_dnd === 0);
    return loud.reduce((sum, s) => sum + s.unread_count, 0);
  }
}

function latest(page, field, before) {
  return (page.session_list ?? []).map((s) => s[field]).reduce(greatest, before);
}
