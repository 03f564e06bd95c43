// What the page knows: sessions, people, totals. Whoever changes it says so with changed().

import {Refused} from './api.js';
import {compare} from './json.js';
import {say} from './text.js';

const PEOPLE_AT_ONCE = 100;
const TOAST_MILLIS = 4000;

export const FOLDERS = {
  main: {query: {session_type: 1, unfollow_fold: 1}, holds: (s) => !isFolded(s)},
  unfollowed: {query: {session_type: 2}, holds: isFolded},
  groups: {query: {session_type: 3, sort_rule: 1}, holds: (s) => s.session_type === 2},
  helper: {holds: () => true}, // loaded as a whole
  notices: {query: {session_type: 7}, holds: (s) => s.system_msg_type !== 0},
  intercepted: {query: {session_type: 5}, holds: () => true},
};

export function keyOf(type, id) {
  return `${type}:${id}`;
}

export function keyOfSession(session) {
  return keyOf(session.session_type, session.talker_id);
}

function isPrivate(session) {
  return session.session_type === 1;
}

function isFolded(session) {
  return session.can_fold === 1;
}

export class Store {
  me = null;
  online = true;
  folder = 'main';
  open = null;
  toast = '';
  picture = null;
  /** 'jump' or 'settings' while that lies over the page. */
  dialog = null;
  totals = {};
  emotes = [];
  sessions = new Map();
  /** Keys of the groups that the helper collects: no other folder shows them. */
  collected = new Set();

  #api;
  #people = new Map();
  #wanted = new Set();
  #pages = new Map();
  #sorted = new Map();
  #listeners = new Set();
  #changed = false;

  constructor(api) {
    this.#api = api;
  }

  /** @returns what ends it */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed() {
    if (!this.#changed) {
      this.#changed = true;
      queueMicrotask(() => {
        this.#changed = false;
        this.#listeners.forEach((listener) => listener());
      });
    }
  }

  set(values) {
    Object.assign(this, values);
    this.changed();
  }

  say(text) {
    this.set({toast: text});
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => this.set({toast: ''}), TOAST_MILLIS);
  }

  put(sessions) {
    sessions.forEach((session) => this.sessions.set(keyOfSession(session), session));
    this.#sorted.clear();
    this.changed();
  }

  /** Takes the newest sessions of a list in place of those that were known; older ones stay. */
  replaceNewest(sessions, more, intercepted) {
    const found = new Set(sessions.map(keyOfSession));
    const end = more ? sessions.at(-1).session_ts : '0';
    for (const [key, session] of this.sessions) {
      const isOfList = session.is_intercept === intercepted && !this.collected.has(key);
      if (isOfList && !found.has(key) && compare(session.session_ts, end) >= 0) {
        this.sessions.delete(key);
      }
    }
    this.put(sessions);
  }

  drop(key) {
    this.sessions.delete(key);
    this.#sorted.clear();
    this.changed();
  }

  /** The sessions of a folder as far as they are loaded, pinned ones first, then the newest. */
  list(folder = this.folder) {
    if (!this.#sorted.has(folder)) {
      const {end, more} = this.#page(folder);
      const reaches = (s) => !more || s.top_ts !== '0' || compare(s.session_ts, end) >= 0;
      const holds = (s) => (s.is_intercept === 1) === (folder === 'intercepted') &&
          this.collected.has(keyOfSession(s)) === (folder === 'helper') && FOLDERS[folder].holds(s);
      const found = [...this.sessions.values()].filter((s) => holds(s) && reaches(s));
      found.sort((a, b) => compare(b.top_ts, a.top_ts) || compare(b.session_ts, a.session_ts));
      this.#sorted.set(folder, found);
    }
    return this.#sorted.get(folder);
  }

  hasMore(folder = this.folder) {
    return this.#page(folder).more;
  }

  #page(folder) {
    if (!this.#pages.has(folder)) {
      this.#pages.set(folder, {end: '0', more: Boolean(FOLDERS[folder].query), loading: false});
    }
    return this.#pages.get(folder);
  }

  /** Loads the next page of a folder, once at a time. */
  async loadMore(folder = this.folder) {
    const page = this.#page(folder);
    if (page.loading || !page.more) {
      return;
    }
    page.loading = true;
    try {
      const {session_list: sessions, has_more: more} = await this.#api.get(
          '/session_svr/v1/session_svr/get_sessions', {...FOLDERS[folder].query, end_ts: page.end, size: 100});
      const paged = (sessions ?? []).filter((s) => s.top_ts === '0');
      page.end = (paged.at(-1) ?? {session_ts: page.end}).session_ts;
      page.more = more === 1 && paged.length > 0;
      this.put(sessions ?? []);
    } catch (e) {
      page.more = !(e instanceof Refused);
      throw e;
    } finally {
      page.loading = false;
    }
  }

  /** Gets all groups that the helper collects, with their sessions as they are now. */
  async loadHelper() {
    const found = [];
    for (let more = 1, end = '0'; more === 1; end = found.at(-1)?.session_ts) {
      const page = await this.#api.get('/x/im/helper_sessions', {end_ts: end, size: 100});
      found.push(...page.session_list ?? []);
      more = page.has_more;
    }
    this.collected = new Set(found.map(keyOfSession));
    this.put(found);
  }

  nameOf(session) {
    return session.group_name || session.account_info?.name ||
        (isPrivate(session) ? this.nameOfUser(session.talker_id) : session.talker_id);
  }

  faceOf(session) {
    return session.group_cover || session.account_info?.pic_url ||
        (isPrivate(session) ? this.user(session.talker_id).face : '');
  }

  nameOfUser(uid) {
    return this.user(uid).name || say('somebody', uid);
  }

  /** Name and face of somebody; asked for when they are not known yet. */
  user(uid) {
    const known = uid === this.me.uid ? this.me : this.#people.get(uid);
    if (!known && uid !== '0' && !this.#wanted.has(uid)) {
      if (this.#wanted.size === 0) {
        queueMicrotask(() => this.#askForPeople());
      }
      this.#wanted.add(uid);
    }
    return known ?? {};
  }

  async #askForPeople() {
    const uids = [...this.#wanted].slice(0, PEOPLE_AT_ONCE);
    try {
      await this.findPeople(uids);
    } catch {
      // they are asked for again when they are shown again
    }
    uids.forEach((uid) => this.#wanted.delete(uid));
    if (this.#wanted.size > 0) {
      await this.#askForPeople();
    }
  }

  async findPeople(uids) {
    const found = (await this.#api.get('/x/im/users', {uids: uids.join()})).users;
    uids.forEach((uid) => this.#people.set(uid, found[uid] ?? {}));
    this.changed();
    return found;
  }
}
