// The messages of conversations: reading them page by page, catching up, sending, taking back.

import {Refused} from './api.js';
import {compare, greatest, parseContent} from './json.js';
import {keyOf} from './store.js';
import {say} from './text.js';

const PAGE = 30;
const CATCH_UP = 100;
const RECALL_SECONDS = 120;
const SAY_TYPING_MILLIS = 3000;
const SHOW_TYPING_MILLIS = 6000;
const DRAW_BACK = 5;
const SYSTEM_CANCEL = 8;
const TIP = 18;

export const TEXT = 1;
export const PICTURE = 2;
export const RECALLED = 1;
const RECALLED_BY_SYSTEM = 2;
const PRIVATE = '1';

/** One conversation as far as it is loaded, oldest message first. */
class Talk {
  messages = [];
  /** What is on its way or failed, in the order of writing. */
  pending = [];
  tips = [];
  emotes = new Map();
  hasMore = true;
  loading = false;
  loaded = false;
  failure = '';
  draft = '';
  greatest = '0';
  acked = '0';
  /** Whether the other is writing. */
  typing = false;
  /** How far the other has read. */
  readTo = '0';
  saidTyping = 0;

  constructor(type, id) {
    this.type = type;
    this.id = id;
    this.key = `${type}:${id}`;
  }

  /** Takes in what the server answered, in any order; known messages are not taken twice. */
  take({messages, e_infos: emotes}) {
    const known = new Set(this.messages.map((m) => m.msg_key));
    const vanished = new Set();
    emotes.forEach((emote) => this.emotes.set(emote.text, emote));
    for (const message of messages ?? []) {
      this.greatest = greatest(this.greatest, message.msg_seqno);
      if (message.msg_type === DRAW_BACK) {
        this.#markRecalled(message.content);
      } else if (message.msg_type === SYSTEM_CANCEL) {
        vanished.add(message.content); // the site took it back: it was never there
      } else if (message.msg_type === TIP && message.msg_seqno === '0') {
        this.tips = [message];
      } else if (message.msg_status !== RECALLED_BY_SYSTEM && !known.has(message.msg_key)) {
        this.messages.push(message);
      }
    }
    this.messages = this.messages.filter((m) => !vanished.has(m.msg_key));
    this.messages.sort((a, b) => compare(a.msg_seqno, b.msg_seqno));
    const arrived = new Set(this.messages.map((m) => m.msg_key)).union(vanished);
    this.pending = this.pending.filter((p) => !arrived.has(p.msg_key));
  }

  #markRecalled(msgKey) {
    this.messages = this.messages.map((m) => (m.msg_key === msgKey ? {...m, msg_status: RECALLED, content: '{}'} : m));
  }
}

export class Talks {
  /** Called when something was read or sent here: lists and totals are others now. */
  acted = () => {};

  #api;
  #store;
  #talks = new Map();

  constructor(api, store) {
    this.#api = api;
    this.#store = store;
  }

  of(key) {
    if (!this.#talks.has(key)) {
      this.#talks.set(key, new Talk(...key.split(':')));
    }
    return this.#talks.get(key);
  }

  async open(key) {
    this.#store.set({open: key});
    const talk = this.of(key);
    this.askPosition();
    await (talk.loaded ? this.catchUp() : this.older(talk));
  }

  /** Asks how far the other of the conversation that is open has read; events tell when they read further. */
  async askPosition() {
    const talk = this.#store.open && this.of(this.#store.open);
    if (talk?.type !== PRIVATE) {
      return;
    }
    const before = talk.readTo;
    try {
      const {seqno} = await this.#api.get('/x/im/read_position', {talker_id: talk.id});
      talk.readTo = talk.readTo === before ? seqno : greatest(talk.readTo, seqno);
      this.#store.changed();
    } catch {
      // the mark stays where it was until it is asked for again
    }
  }

  /** The other of a private conversation has read further. */
  readBy(uid, seqno) {
    const talk = this.of(keyOf(PRIVATE, uid));
    talk.readTo = greatest(talk.readTo, seqno);
    this.#store.changed();
  }

  /** The last own message that the other has read. */
  lastRead(talk) {
    return talk.messages.findLast((m) => m.sender_uid === this.#store.me.uid && m.msg_status === 0 &&
        compare(m.msg_seqno, talk.readTo) <= 0);
  }

  /** Somebody is writing, and is seen to until they pause or the message is here. */
  typed(uid) {
    const talk = this.of(keyOf(PRIVATE, uid));
    this.#seeTyping(talk, true);
    talk.typingTimer = setTimeout(() => this.#seeTyping(talk, false), SHOW_TYPING_MILLIS);
  }

  #seeTyping(talk, typing) {
    clearTimeout(talk.typingTimer);
    talk.typing = typing;
    this.#store.changed();
  }

  /** Tells the other every few seconds while something is being written. */
  async type(talk) {
    const mayShow = this.#store.sessions.get(talk.key)?.is_follow !== 0;
    if (talk.type !== PRIVATE || !mayShow || Date.now() - talk.saidTyping < SAY_TYPING_MILLIS) {
      return;
    }
    talk.saidTyping = Date.now();
    try {
      await this.#api.post('/x/im/typing', {talker_id: talk.id});
    } catch {
      // nobody misses it
    }
  }

  /** Loads a page more of the past. */
  async older(talk) {
    if (talk.loading || !talk.hasMore) {
      return;
    }
    talk.loading = true;
    this.#store.changed();
    try {
      const page = await this.#fetch(talk, {size: PAGE, ...(talk.oldest && {end_seqno: talk.oldest})});
      talk.take(page);
      talk.hasMore = page.has_more === 1;
      talk.oldest = page.messages?.length ? page.min_seqno : talk.oldest;
      talk.loaded = true;
      talk.failure = '';
    } catch (e) {
      talk.failure = e instanceof Refused ? e.message : say('unreachable');
    } finally {
      talk.loading = false;
      this.#store.changed();
    }
  }

  /** Gets what was said since in the conversation that is open. */
  async catchUp() {
    const talk = this.#store.open && this.of(this.#store.open);
    if (!talk?.loaded) {
      return;
    }
    try {
      for (let more = 1; more === 1;) {
        const news = await this.#fetch(talk, {size: CATCH_UP, order: 1, begin_seqno: talk.greatest});
        talk.tips = [];
        talk.take(news);
        if (news.messages?.some((m) => m.sender_uid === talk.id)) {
          this.#seeTyping(talk, false);
        }
        more = news.has_more;
      }
      talk.failure = '';
    } catch (e) {
      if (!(e instanceof Refused)) {
        throw e;
      }
      talk.failure = e.message; // no longer in the group, say
    }
    this.#store.changed();
  }

  #fetch(talk, range) {
    const conversation = {talker_id: talk.id, session_type: talk.type, sender_device_id: 1};
    return this.#api.get('/svr_sync/v1/svr_sync/fetch_session_msgs', {...conversation, ...range});
  }

  /** Says that everything on the screen was read. */
  async read(talk) {
    const session = this.#store.sessions.get(talk.key);
    if (!session || compare(talk.greatest, greatest(session.ack_seqno, talk.acked)) <= 0) {
      return;
    }
    talk.acked = talk.greatest;
    this.#store.put([{...session, unread_count: 0, at_seqno: '0'}]);
    try {
      await this.#api.post('/session_svr/v1/session_svr/update_ack', {
        talker_id: talk.id, session_type: talk.type, ack_seqno: talk.greatest,
      });
      this.acted();
    } catch {
      talk.acked = '0';
    }
  }

  write(talk, type, content, atUids = []) {
    const message = {
      cli_msg_id: newId(),
      msg_type: type,
      content: JSON.stringify(content),
      at_uids: atUids,
      sender_uid: this.#store.me.uid,
      timestamp: Math.floor(Date.now() / 1000),
    };
    talk.pending = [...talk.pending, message];
    talk.saidTyping = 0;
    return this.send(talk, message);
  }

  /** Sends, or sends again: the number that it has makes it the same message. */
  async send(talk, message) {
    this.#mark(talk, message, {failure: '', lost: false});
    try {
      const sent = await this.#post(talk, message);
      sent.e_infos.forEach((emote) => talk.emotes.set(emote.text, emote));
      this.#mark(talk, message, {msg_key: sent.msg_key, content: sent.msg_content || message.content});
      if (sent.key_hit_infos?.toast) {
        this.#store.say(sent.key_hit_infos.toast);
      }
    } catch (e) {
      const lost = !(e instanceof Refused);
      this.#mark(talk, message, {failure: lost ? say('unreachable') : e.message, lost});
      return;
    }
    this.acted();
  }

  #post(talk, message) {
    const fields = {
      'msg[sender_uid]': message.sender_uid,
      'msg[receiver_id]': talk.id,
      'msg[receiver_type]': talk.type,
      'msg[cli_msg_id]': message.cli_msg_id,
      'msg[msg_type]': message.msg_type,
      'msg[content]': message.content,
    };
    if (message.at_uids?.length) {
      fields['msg[at_uids]'] = message.at_uids.join();
    }
    return this.#api.post('/web_im/v1/web_im/send_msg', fields);
  }

  #mark(talk, message, change) {
    talk.pending = talk.pending.map((p) => (p.cli_msg_id === message.cli_msg_id ? {...p, ...change} : p));
    this.#store.changed();
  }

  /** Sends again what never reached the server. */
  resendLost() {
    for (const talk of this.#talks.values()) {
      talk.pending.filter((p) => p.lost).forEach((p) => this.send(talk, p));
    }
  }

  async sendPicture(talk, file) {
    if (!file.type.startsWith('image/')) {
      this.#store.say(say('notPicture'));
      return;
    }
    await this.tell(async () => {
      const {url, width, height, imageType, size} = await this.#api.upload(file);
      await this.write(talk, PICTURE, {url, width, height, imageType, original: 1, size});
    });
  }

  canRecall(message) {
    return message.sender_uid === this.#store.me.uid && message.msg_status === 0 &&
        Date.now() / 1000 - message.timestamp < RECALL_SECONDS;
  }

  async recall(talk, message) {
    await this.tell(async () => {
      await this.#post(talk, {cli_msg_id: newId(), msg_type: DRAW_BACK, content: message.msg_key, sender_uid: message.sender_uid});
      await this.catchUp();
    });
  }

  /** Does something, and says in words why not. */
  async tell(action) {
    try {
      await action();
    } catch (e) {
      this.#store.say(e instanceof Refused ? e.message : say('unreachable'));
    }
  }
}

function newId() {
  const [high, low] = crypto.getRandomValues(new Uint32Array(2));
  return String(((BigInt(high) << 32n) | BigInt(low)) >> 1n);
}

/** What a list shows of a message. */
export function inShort(message, nameOf) {
  if (!message) {
    return '';
  }
  if (message.msg_status === RECALLED || message.msg_type === DRAW_BACK) {
    return say('someoneRecalled', nameOf(message.sender_uid));
  }
  const content = parseContent(message.content);
  switch (message.msg_type) {
    case TEXT: return String(content.content ?? '');
    case SYSTEM_CANCEL: return '';
    case PICTURE: case 6: return `[${say('picture')}]`;
    case 10: return content.title || `[${say('notice')}]`;
    case 7: case 11: case 12: case 13: case 14: return `[${say('share')}] ${content.title ?? ''}`;
    default: return message.msg_type >= 301 && message.msg_type <= 306 ? String(content.content) : say('unsupported');
  }
}
