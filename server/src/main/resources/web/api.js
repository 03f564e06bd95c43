// The server as the page calls it: the web dialect of docs/http.md.

import {parse} from './json.js';

const NO_CODE = -500;
const NO_SUCH_PATH = 404;

/** What the server refused, in its own words. */
export class Refused extends Error {
  constructor(code, text) {
    super(text);
    this.code = code;
  }
}

/** The server could not be reached. */
export class Unreachable extends Error {}

export class Api {
  /** Called when the server could not be reached. */
  lost = () => {};

  /** @param token whose calls these are; empty: of whom the site's cookies say */
  constructor(token, language) {
    this.token = token;
    this.language = language;
  }

  get(path, parameters = {}) {
    const query = new URLSearchParams(parameters).toString();
    return this.#call(query ? `${path}?${query}` : path, {});
  }

  post(path, fields = {}) {
    const body = new URLSearchParams(fields);
    if (!this.token) {
      body.set('csrf', cookie('bili_jct'));
    }
    return this.#call(path, {method: 'POST', body});
  }

  upload(file) {
    const body = new FormData();
    body.set('file', file);
    if (!this.token) {
      body.set('csrf', cookie('bili_jct'));
    }
    return this.#call('/x/im/upload', {method: 'POST', body});
  }

  async #call(path, options) {
    const answer = await this.#answer(path, options);
    if (answer.code !== 0) {
      throw new Refused(answer.code ?? NO_CODE, answer.message ?? '');
    }
    return answer.data;
  }

  async #answer(path, options) {
    try {
      const response = await this.#fetch(path, options);
      return parse(await reached(response.text()));
    } catch (e) {
      this.lost(); // also when something in between answers in its own words
      throw e instanceof Unreachable ? e : new Unreachable(e.message);
    }
  }

  #fetch(path, options) {
    const headers = {'accept-language': this.language, ...options.headers};
    if (this.token) {
      headers.authorization = `Bearer ${this.token}`;
    }
    return reached(fetch(path, {...options, headers}));
  }

  /**
   * Hands on each event of the stream until it ends. EventSource would do, but it can not say who it is.
   *
   * @param begun called once events come
   * @returns false at once when the server has no such stream
   */
  async events({lastId, signal, event, begun}) {
    const headers = {accept: 'text/event-stream', ...(lastId && {'last-event-id': lastId})};
    const response = await this.#fetch('/x/im/sse', {headers, signal, cache: 'no-store'});
    if (response.status === NO_SUCH_PATH) {
      return false;
    }
    if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
      throw new Unreachable(`HTTP ${response.status}`);
    }
    begun();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (;;) {
      const {value, done} = await reached(reader.read());
      if (done) {
        return true;
      }
      const blocks = (rest + value).replace(/\r\n?/g, '\n').split('\n\n');
      rest = blocks.pop();
      blocks.map(fields).forEach(event);
    }
  }
}

function fields(block) {
  const read = {id: undefined, name: 'message', data: ''};
  for (const line of block.split('\n')) {
    const [, name, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (name === 'data') {
      read.data += value;
    } else if (name === 'event') {
      read.name = value;
    } else if (name === 'id') {
      read.id = value;
    }
  }
  return read;
}

async function reached(promise) {
  try {
    return await promise;
  } catch (e) {
    throw new Unreachable(e.message);
  }
}

function cookie(name) {
  const found = document.cookie.split('; ').find((each) => each.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : '';
}
