import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {after, afterEach, before, test} from 'node:test';
import {Site, bubble, closeWindows, keep, launch, noBrowser, open, row} from './site.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const MANY = 10_000;
const MOST_ROWS = 60;
const MOST_CALLS_TO_LOAD_ONE = 2_000;

let site;
let browser;
let ann;

before(async () => {
  if (!noBrowser) {
    site = await Site.start('serve', '--rate-burst', '0');
    browser = await launch();
    ann = await site.person('Ann');
    const ben = await site.person('Ben');
    const zoe = await site.person('Zoe');
    await site.friends(ann, ben);
    await site.friends(ann, zoe);
    const club = await site.group(zoe, 'Book club', ann);
    await site.say(zoe, club, 'Who has read it? @Ann?', {receiver_type: 2, at_uids: [ann.uid]});
    await site.say(zoe, ann, 'The tickets are in your mail');
    await site.admin('set_live', {uid: zoe.uid, live_status: 1});
    await site.say(ben, ann, 'Shall we go to the exhibition on Saturday?');
    await site.say(ann, ben, 'Yes! At ten?');
    await site.send(ben, ann, 14, {title: 'Paintings of the sea', url: 'https://example.com/', desc: 'Until Sunday', author: 'The museum'});
    await site.say(ben, ann, 'See you there');
  }
});

afterEach(() => closeWindows(browser));

after(async () => {
  await browser?.close();
  await site?.stop();
});

function look(name, body) {
  test(name, {skip: noBrowser, timeout: 180_000}, body);
}

async function obstacles(page) {
  await page.evaluate(AXE); // by the debugger: the page's own policy would not have it
  const {violations} = await page.evaluate(() => axe.run());
  return violations.map(({id, nodes}) => `${id}: ${nodes.map(({html, failureSummary}) => html + failureSummary).join('\n')}`);
}

for (const colorScheme of ['light', 'dark']) {
  look(`everybody can use it, in ${colorScheme}`, async () => {
    const page = await site.window(browser, ann, {colorScheme});
    await open(page, 'Ben');
    await bubble(page, 'See you there').waitFor();
    await page.getByRole('button', {name: 'Emotes'}).click();
    assert.deepEqual(await obstacles(page), []);
    await page.getByRole('button', {name: 'Emotes'}).click();
    await keep(page, `desktop-${colorScheme}`);
    await page.keyboard.press('Control+k');
    assert.deepEqual(await obstacles(page), []);
    await page.keyboard.press('Escape');
    await page.getByRole('button', {name: 'Settings'}).click();
    await page.getByRole('switch', {name: 'Read receipts', disabled: false}).waitFor();
    assert.deepEqual(await obstacles(page), []);
    await page.keyboard.press('Escape');
    await page.getByRole('button', {name: 'Sign out'}).click();
    await page.getByLabel('Access token').waitFor();
    assert.deepEqual(await obstacles(page), []);
  });
}

look('on a phone there is one side at a time', async () => {
  const page = await site.window(browser, ann, {viewport: {width: 390, height: 780}});
  await row(page, 'Ben').waitFor();
  await keep(page, 'phone-list');
  await open(page, 'Ben');
  assert.equal(await row(page, 'Ben').isVisible(), false);
  assert.deepEqual(await obstacles(page), []);
  await keep(page, 'phone-talk');
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(overflow <= 0, `${overflow} pixels beside the screen`);
  await page.getByRole('button', {name: 'Back', exact: true}).click();
  await row(page, 'Ben').waitFor();
});

look('it speaks Chinese', async () => {
  const page = await site.window(browser, ann);
  await page.getByRole('button', {name: '中文'}).click();
  await page.getByRole('button', {name: '应援团'}).waitFor();
  assert.equal(await page.locator('html').getAttribute('lang'), 'zh-CN');
});

look('the keyboard is enough', async () => {
  const page = await site.window(browser, ann);
  await row(page, 'Ben').focus();
  await page.keyboard.press('Enter');
  await page.locator('textarea:focus').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.talk').waitFor({state: 'detached'});
  await page.locator('.session:focus').waitFor();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('be');
  await page.keyboard.press('Enter');
  await page.locator('.talk h2', {hasText: 'Ben'}).waitFor();
});

/** Counts how often functions of the page are called while something is done: work, however fast the machine is. */
async function counter(page) {
  const profiler = await page.context().newCDPSession(page);
  await profiler.send('Profiler.enable');
  await profiler.send('Profiler.startPreciseCoverage', {callCount: true, detailed: false});
  const take = async () => (await profiler.send('Profiler.takePreciseCoverage')).result;
  return async (act) => {
    await take();
    await act();
    const functions = (await take()).filter(({url}) => url.includes('/web/')).flatMap((script) => script.functions);
    return functions.reduce((sum, {ranges}) => sum + ranges[0].count, 0);
  };
}

/** Scrolls by some rows, a frame for every two of them. */
function scroll(page, rows) {
  return page.locator('.sessions').evaluate(async (list, rows) => {
    const frame = () => new Promise(requestAnimationFrame);
    const height = list.querySelector('li').offsetHeight;
    for (let i = 0; i < Math.abs(rows); i += 2) {
      list.scrollTop += Math.sign(rows) * 2 * height;
      await frame();
    }
    await frame();
  }, rows);
}

look(`${MANY} sessions scroll without a jerk`, async () => {
  const eve = await site.person('Eve');
  const crowd = Array.from({length: MANY}, (_, i) => ({uid: String(2_000_000 + i), name: `Number ${i}`, official_type: -1}));
  await site.admin('put_users', {users: crowd});
  await site.admin('set_relations', {relations: crowd.map(({uid}) => ({from_uid: eve.uid, to_uid: uid, kind: 'FOLLOW'}))});
  for (let i = 0; i < MANY; i += 200) {
    await Promise.all(crowd.slice(i, i + 200).map((person) => site.say(person, eve, 'hello')));
  }
  const page = await site.window(browser, eve);
  await page.locator('.session').first().waitFor();
  const calls = await counter(page);
  /** Down and up again; the least of three times, for news may come in between. */
  const work = async (rows) => {
    const times = [];
    for (let i = 0; i < 3; i++) {
      times.push(await calls(async () => {
        await scroll(page, rows);
        await scroll(page, -rows);
      }));
    }
    return Math.min(...times);
  };
  const few = await work(40);

  const box = page.locator('.sessions');
  const loading = await calls(async () => {
    for (let end = 0; end < MANY;) {
      end = await box.evaluate((list) => {
        list.scrollTop = list.scrollHeight;
        return Number(list.querySelector('li')?.getAttribute('aria-setsize') ?? 0);
      });
      assert.ok(await page.locator('.session').count() < MOST_ROWS);
      await page.waitForTimeout(16);
    }
  });
  await page.locator(`[data-index="${MANY - 1}"]`).waitFor();
  const many = await work(-40);
  assert.ok(await page.locator('.session').count() < MOST_ROWS);
  console.log(`calls while scrolling: ${few} with few sessions, ${many} with ${MANY}; ${loading} to load them`);
  assert.ok(loading < MANY * MOST_CALLS_TO_LOAD_ONE, `${loading} calls to load ${MANY} sessions`);
  assert.ok(many < 1.5 * few, `${many} calls with ${MANY} sessions, ${few} with few`);

  await box.evaluate((list) => (list.scrollTop = 0));
  const first = page.locator('[data-index="0"]');
  await first.focus();
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press('ArrowDown');
  }
  await page.locator('[data-index="40"]:focus').waitFor();
  await keep(page, 'many-sessions');
});
