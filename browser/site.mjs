// A server with people in it, and browsers in which they are signed in.

import {spawn} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {chromium} from 'playwright-core';

const HOME = new URL('..', import.meta.url).pathname;
// without windows tests take two thirds of the time
const CHROMIUMS = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];
const CHROMIUM = process.env.CHROMIUM ?? CHROMIUMS.find(existsSync) ?? CHROMIUMS.at(-1);
const READY_MILLIS = 300_000; // it may have to be built first

const PICTURES = join(HOME, 'target', 'browser');

/** Why there can be no browser here; else undefined. In CI there has to be one. */
export const noBrowser = existsSync(CHROMIUM) || process.env.CI ? undefined : `${CHROMIUM} is not there`;

export function launch() {
  mkdirSync(PICTURES, {recursive: true});
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

/** So that those of one test do not go on polling beside the next. */
export function closeWindows(browser) {
  return Promise.all((browser?.contexts() ?? []).map((context) => context.close()));
}

export class Site {
  people = 0;

  static async start(...command) {
    const site = new Site();
    site.data = mkdtempSync(join(tmpdir(), 'sixin-browser-'));
    site.process = spawn(join(HOME, 'sixin'), [...command, '--port', '0', '--data', site.data]);
    site.output = '';
    site.process.stderr.on('data', (text) => (site.output += text));
    site.address = await new Promise((resolve, reject) => {
      setTimeout(() => {
        site.process.kill();
        reject(new Error(`not ready: ${site.output}`));
      }, READY_MILLIS).unref();
      site.process.on('exit', () => reject(new Error(`ended: ${site.output}`)));
      site.process.stdout.on('data', (text) => {
        site.output += text;
        const ready = /sixin ready on (\S+)\n/.exec(site.output);
        if (ready) {
          resolve(ready[1]);
        }
      });
    });
    site.adminToken = readFileSync(join(site.data, 'admin.token'), 'utf8').trim();
    return site;
  }

  async stop() {
    this.process.removeAllListeners('exit');
    const ended = new Promise((resolve) => this.process.on('exit', resolve));
    this.process.kill();
    await ended;
    rmSync(this.data, {recursive: true});
  }

  async admin(call, body) {
    const response = await fetch(`${this.address}/admin/v1/${call}`, {
      method: 'POST', headers: {authorization: `Bearer ${this.adminToken}`}, body: JSON.stringify(body),
    });
    if (!response.ok) {
      throw new Error(`${call}: ${await response.text()}`);
    }
    return response.json();
  }

  /** Somebody new, of this name. */
  async person(name, more = {}) {
    const uid = 9_007_199_254_740_993n + BigInt(this.people++); // too large for JavaScript's numbers
    await this.admin('put_users', {users: [{uid: String(uid), name, official_type: -1, ...more}]});
    return {uid: String(uid), name};
  }

  async friends(a, b) {
    const follow = (from, to) => ({from_uid: from.uid, to_uid: to.uid, kind: 'FOLLOW'});
    await this.admin('set_relations', {relations: [follow(a, b), follow(b, a)]});
  }

  /** Two friends, each in a window, with a conversation between them. */
  async pair(browser) {
    const [ann, ben] = [await this.person('Ann'), await this.person('Ben')];
    await this.friends(ann, ben);
    await this.say(ben, ann, 'hello Ann');
    const [anns, bens] = [await this.window(browser, ann), await this.window(browser, ben)];
    return {ann, ben, anns, bens};
  }

  say(from, to, text, more = {}) {
    return this.send(from, to, 1, {content: text}, more);
  }

  send(from, to, type, content, more = {}) {
    return this.admin('send', {msg: {
      sender_uid: from.uid, receiver_id: to.uid, receiver_type: 1, msg_type: type, content: JSON.stringify(content), ...more,
    }});
  }

  async group(owner, name, ...members) {
    const group = {uid: String(500_000 + this.people++), name};
    await this.admin('put_group', {group_id: group.uid, owner_uid: owner.uid, name});
    await this.admin('set_members', {group_id: group.uid, put: members.map(({uid}) => ({uid}))});
    return group;
  }

  /** A window of its own in which somebody is signed in. */
  async window(browser, person, options = {}) {
    const context = await browser.newContext({locale: 'en-GB', viewport: {width: 1100, height: 720}, ...options});
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    page.problems = [];
    page.on('pageerror', (e) => page.problems.push(e.stack));
    page.on('console', (said) => isProblem(said) && page.problems.push(said.text()));
    await page.goto(this.address);
    const {token} = await this.admin('issue_token', {uid: person.uid});
    await page.getByLabel('Access token').fill(token);
    await page.getByRole('button', {name: 'Sign in'}).click();
    await page.getByRole('heading', {name: person.name, level: 2}).waitFor();
    return page;
  }
}

/** Where there is no demo, or no stream of events, browsers note that they asked in vain. */
function isProblem(said) {
  const {url} = said.location(); // empty for what concerns no file
  const path = URL.canParse(url) ? new URL(url).pathname : '';
  return said.type() === 'error' && !['/x/im/sse', '/demo/people'].includes(path);
}

/** Keeps what a window shows, below target/browser. */
export function keep(page, name) {
  return page.screenshot({path: join(PICTURES, `${name}.png`)});
}

export function row(page, name) {
  return page.locator('.session', {has: page.locator('.name', {hasText: name})});
}

export async function open(page, name) {
  await row(page, name).click();
  await page.locator('.talk h2', {hasText: name}).waitFor();
}

export async function write(page, text) {
  await page.locator('textarea').fill(text);
  await page.locator('textarea').press('Enter');
}

export function bubble(page, text) {
  return page.locator('.bubble', {hasText: text});
}
