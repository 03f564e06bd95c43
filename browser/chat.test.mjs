import assert from 'node:assert/strict';
import {after, afterEach, before, test} from 'node:test';
import {deflateSync} from 'node:zlib';
import {Site, bubble, closeWindows, keep, launch, noBrowser, open, row, write} from './site.mjs';

let site;
let browser;

before(async () => {
  if (!noBrowser) {
    site = await Site.start('serve', '--rate-burst', '0');
    browser = await launch();
  }
});

afterEach(() => closeWindows(browser));

after(async () => {
  await browser?.close();
  await site?.stop();
});

function chat(name, body) {
  test(name, {skip: noBrowser, timeout: 60_000}, body);
}

chat('what one writes the other reads, and answers', async () => {
  const {anns, bens} = await site.pair(browser);
  await row(anns, 'Ben').locator('.badge').waitFor();
  await anns.waitForFunction(() => document.title.startsWith('(1)'));
  await open(anns, 'Ben');
  await bubble(anns, 'hello Ann').waitFor();
  await row(anns, 'Ben').locator('.badge').waitFor({state: 'detached'});

  await write(anns, 'hello Ben <b>bold</b> https://example.com/x?a=1');
  await row(bens, 'Ann').getByText('hello Ben').waitFor();
  await open(bens, 'Ann');
  await bubble(bens, 'hello Ben <b>bold</b>').waitFor();
  assert.equal(await bens.locator('.bubble a').getAttribute('href'), 'https://example.com/x?a=1');
  await write(bens, '你好');
  await bubble(anns, '你好').waitFor();
  await anns.waitForFunction(() => !document.title.startsWith('('));
  await keep(anns, 'two-people-ann');
  await keep(bens, 'two-people-ben');
  assert.deepEqual([...anns.problems, ...bens.problems], []);
});

chat('what is opened while another conversation is being removed stays open', async () => {
  const {ann, anns} = await site.pair(browser);
  const zoe = await site.person('Zoe');
  await site.friends(ann, zoe);
  await site.say(zoe, ann, 'hello from Zoe');
  await open(anns, 'Ben');
  let letGo;
  const held = new Promise((resolve) => (letGo = resolve));
  await anns.route('**/remove_session', async (route) => {
    await held;
    await route.continue();
  });
  await anns.getByRole('button', {name: 'Remove'}).click();
  await open(anns, 'Zoe');
  letGo();
  await row(anns, 'Ben').waitFor({state: 'detached'});
  assert.equal(await anns.locator('.talk h2').innerText(), 'Zoe');
  await anns.getByRole('button', {name: 'Remove'}).click();
  await row(anns, 'Zoe').waitFor({state: 'detached'});
  await anns.locator('.talk').waitFor({state: 'detached'});
});

chat('a conversation with a new message stays, though its removal is answered later', async () => {
  const {ann, ben, anns} = await site.pair(browser);
  await open(anns, 'Ben');
  let shown;
  let looked;
  await anns.route('**/remove_session', async (route) => {
    const answer = await route.fetch();
    await site.say(ben, ann, 'not so fast');
    await row(anns, 'Ben').getByText('not so fast').waitFor();
    shown = await row(anns, 'Ben').elementHandle();
    looked = anns.waitForResponse('**/get_sessions*');
    await route.fulfill({response: answer});
  });
  await anns.getByRole('button', {name: 'Remove'}).click();
  await anns.locator('.talk').waitFor({state: 'detached'});
  assert.ok(await shown.evaluate((element) => element.isConnected));
  await looked;
  assert.ok(await shown.evaluate((element) => element.isConnected));
});

chat('nothing that people write runs', async () => {
  const {ann, ben, anns} = await site.pair(browser);
  await site.say(ben, ann, '<img src=x onerror="document.title=1">');
  await site.send(ben, ann, 14, {title: '<script>1</script>', url: 'javascript:alert(1)', cover: 'javascript:1'});
  await open(anns, 'Ben');
  await bubble(anns, '<img src=x').waitFor();
  assert.equal(await anns.locator('.bubble img').count(), 0);
  assert.equal(await anns.locator('a[href^="javascript"]').count(), 0);
  assert.equal(await anns.locator('.card', {hasText: '<script>'}).count(), 1);
  const policy = (await anns.request.get(site.address)).headers()['content-security-policy'];
  assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self'/);
  const ran = await anns.evaluate(() => {
    document.head.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = true'}));
    return window.ran;
  });
  assert.equal(ran, undefined);
});

chat('a group talks, and mentions one of it', async () => {
  const {ann, ben, anns, bens} = await site.pair(browser);
  const fans = await site.group(ann, 'Fans', ben);
  await site.say(ann, fans, 'welcome', {receiver_type: 2});
  await bens.getByRole('button', {name: /^Groups/}).click();
  await open(bens, 'Fans');
  await bubble(bens, 'welcome').waitFor();
  await anns.getByRole('button', {name: /^Groups/}).click();
  await bens.locator('textarea').pressSequentially('look @An');
  await bens.locator('.mentions .chosen', {hasText: 'Ann'}).waitFor();
  await bens.locator('textarea').press('Enter');
  await bens.waitForFunction(() => document.querySelector('textarea').value === 'look @Ann ');
  await bens.locator('textarea').press('Enter');
  await row(anns, 'Fans').getByText('[mentioned you]').waitFor();
  await open(anns, 'Fans');
  await bubble(anns, 'look @Ann').waitFor();
  await anns.locator('.who', {hasText: 'Ben'}).waitFor();
  await keep(anns, 'group');
});

chat('the helper collects a group, in a folder of its own', async () => {
  const {ann, ben, anns} = await site.pair(browser);
  const fans = await site.group(ben, 'Fans', ann);
  const other = await site.window(browser, ann);
  await site.say(ben, fans, 'welcome', {receiver_type: 2});
  await open(anns, 'Fans');
  await bubble(anns, 'welcome').waitFor();
  await anns.getByRole('button', {name: 'To the helper'}).click();
  await anns.keyboard.press('Escape'); // else what is said there is read there
  for (const page of [anns, other]) {
    await row(page, 'Fans').waitFor({state: 'detached'});
  }

  const helper = other.getByRole('button', {name: /^Helper/});
  await helper.click();
  await row(other, 'Fans').waitFor();
  await site.say(ben, fans, 'news', {receiver_type: 2});
  await helper.locator('.badge', {hasText: '1'}).waitFor();
  await row(other, 'Fans').getByText('Ben: news').waitFor();
  assert.match(await other.title(), /^\(1\)/, 'only what Ben wrote to Ann counts');
  await row(other, 'Fans').locator('.badge').waitFor();
  await keep(other, 'helper');
  await open(other, 'Fans');
  await bubble(other, 'news').waitFor();
  await helper.locator('.badge').waitFor({state: 'detached'});

  await other.getByRole('button', {name: 'Out of the helper'}).click();
  await row(other, 'Fans').waitFor({state: 'detached'});
  await row(anns, 'Fans').waitFor();
});

chat('a picture is sent, seen, and opened', async () => {
  const {anns, bens} = await site.pair(browser);
  await open(anns, 'Ben');
  await open(bens, 'Ann');
  await anns.getByLabel('Send a picture').setInputFiles({name: 'red.png', mimeType: 'image/png', buffer: png(60, 40)});
  const seen = bens.locator('.picture img');
  await seen.waitFor();
  await bens.waitForFunction(() => document.querySelector('.picture img').naturalWidth === 60);
  await seen.click();
  await bens.locator('.lightbox img').waitFor();
  await keep(bens, 'picture-large');
  await bens.keyboard.press('Escape');
  await bens.locator('.lightbox').waitFor({state: 'detached'});

  await hand(bens, 'paste', 'textarea', png(30, 30));
  await anns.locator('.picture img').nth(1).waitFor();
  await hand(bens, 'drop', '.composer', png(200, 120));
  await anns.locator('.picture img').nth(2).waitFor();
  await anns.waitForFunction(() => [...document.querySelectorAll('.picture img')].every((img) => img.naturalWidth > 0));
  await keep(anns, 'pictures');
  await hand(bens, 'drop', '.composer', Buffer.from('no picture'), 'text/plain');
  await bens.getByText('That is not a picture').waitFor();
  await hand(bens, 'drop', '.composer', Buffer.from('no picture either'), 'image/png');
  await bens.getByText('description is not legal').waitFor();
  assert.equal(await anns.locator('.picture').count(), 3);
});

chat('what is taken back is gone on both sides', async () => {
  const {anns, bens} = await site.pair(browser);
  await open(bens, 'Ann');
  await open(anns, 'Ben');
  await write(anns, 'a mistake');
  await bubble(bens, 'a mistake').waitFor();
  await anns.locator('.said', {hasText: 'a mistake'}).hover();
  await anns.getByRole('button', {name: 'Take back'}).click();
  await anns.getByText('You took a message back').first().waitFor();
  await bens.locator('.history').getByText('Ann took a message back').waitFor();
  assert.equal(await bubble(bens, 'a mistake').count(), 0);
  await keep(bens, 'recall');
});

chat('what the site takes back was never there', async () => {
  const {ann, ben, anns} = await site.pair(browser);
  await open(anns, 'Ben');
  const {msg_key: key} = await site.say(ben, ann, 'buy this');
  await bubble(anns, 'buy this').waitFor();
  await site.admin('recall', {uid: ben.uid, talker_id: ann.uid, session_type: 1, msg_key: key});
  await bubble(anns, 'buy this').waitFor({state: 'detached'});
  assert.equal(await anns.locator('.said').count(), 1);
});

chat('what a keyword rule warns of is shown to who writes it', async () => {
  await site.admin('put_keyword_rules', {rules: [{rule_id: 1, words: ['lottery'], toast: 'Be careful with money'}]});
  const {anns, bens} = await site.pair(browser);
  await open(anns, 'Ben');
  await open(bens, 'Ann');
  await write(anns, 'you won the lottery');
  await anns.locator('.toast', {hasText: 'Be careful with money'}).waitFor();
  await bubble(bens, 'you won the lottery').waitFor();
  assert.equal(await bens.getByText('Be careful with money').count(), 0);
  await anns.locator('.toast', {hasText: 'Be careful with money'}).waitFor({state: 'hidden'});
});

chat('a stranger may say one thing, and is told so', async () => {
  const [ann, zoe] = [await site.person('Ann'), await site.person('Zoe')];
  const anns = await site.window(browser, ann);
  await anns.keyboard.press('Control+k');
  await anns.locator('.jump input').fill(zoe.uid);
  await anns.locator('.jump').getByText('Zoe').waitFor();
  await anns.keyboard.press('Enter');
  await anns.locator('.talk h2', {hasText: 'Zoe'}).waitFor();
  await anns.locator('.history .aside').nth(1).waitFor();
  await write(anns, 'hi');
  await anns.getByRole('button', {name: /^Others/}).click();
  await row(anns, 'Zoe').waitFor();
  await write(anns, 'hello?');
  await anns.getByRole('alert').getByText('you can send one message').waitFor();
});

chat('emotes are picked, and shown as pictures', async () => {
  await site.admin('put_emotes', {emotes: [{text: '[smile]', url: `${site.address}/web/emotes/smile.svg`, size: 1}]});
  const {anns, bens} = await site.pair(browser);
  await open(anns, 'Ben');
  await open(bens, 'Ann');
  await anns.getByRole('button', {name: 'Emotes'}).click();
  await anns.getByRole('button', {name: '[smile]'}).click();
  await anns.locator('textarea').press('Enter');
  await bens.locator('.bubble img.emote').waitFor();
});

chat('notices and cards are shown as what they are', async () => {
  const {ann, ben, anns} = await site.pair(browser);
  await site.send(ben, ann, 10, {title: 'Order', text: 'on its way', modules: [{title: 'No', detail: '42'}], jump_text: 'See', jump_uri: 'https://example.com/'});
  await site.send(ben, ann, 7, {id: 1, source: 5, title: 'A video', author: 'Somebody', url: 'https://example.com/v'});
  await site.send(ben, ann, 13, {title: 'A poster', pic_url: `${site.address}/web/emotes/smile.svg`, jump_url: 'https://example.com/p'});
  await open(anns, 'Ben');
  await anns.locator('.card', {hasText: 'on its way'}).getByText('42').waitFor();
  assert.equal(await anns.locator('.card', {hasText: 'Order'}).locator('a').getAttribute('href'), 'https://example.com/');
  assert.equal(await anns.locator('a', {hasText: 'A video'}).getAttribute('href'), 'https://example.com/v');
  await anns.waitForFunction(() => document.querySelector('.cover')?.naturalWidth > 0);
});

chat('a line says the day, and what is older than two minutes is not taken back', async () => {
  const {ann, ben, anns} = await site.pair(browser);
  await open(anns, 'Ben');
  await write(anns, 'so be it');
  await anns.locator('.day', {hasText: 'Today'}).waitFor();
  await anns.getByRole('button', {name: 'Take back'}).waitFor({state: 'attached'});
  await anns.clock.setFixedTime(Date.now() + 24 * 60 * 60 * 1000);
  await site.say(ben, ann, 'and so it was');
  await bubble(anns, 'and so it was').waitFor();
  await anns.locator('.day', {hasText: 'Yesterday'}).waitFor();
  assert.equal(await anns.getByRole('button', {name: 'Take back'}).count(), 0);
});

chat('the past comes page by page, and what is on the screen stays there', async () => {
  const {ann, ben, anns} = await site.pair(browser);
  for (let i = 0; i < 150; i++) {
    await site.say(ben, ann, `line ${i} of many`);
  }
  await open(anns, 'Ben');
  await bubble(anns, 'line 149 of many').waitFor();
  assert.equal(await bubble(anns, 'line 0 of many').count(), 0);
  const history = anns.locator('.history');
  for (let shown = 30; shown < 151;) {
    const before = await history.evaluate((box) => {
      box.scrollTop = 250;
      window.first = box.querySelector('.said');
      return window.first.getBoundingClientRect().y;
    });
    const grown = await anns.waitForFunction(
        (count) => document.querySelectorAll('.said').length > count && document.querySelectorAll('.said').length, shown);
    shown = await grown.jsonValue();
    const after = await history.evaluate(() => window.first.getBoundingClientRect().y);
    assert.ok(Math.abs(after - before) < 3, `moved by ${after - before} pixels`);
  }
  await bubble(anns, 'hello Ann').waitFor();
});

/** Pastes or drops a file. */
function hand(page, how, where, bytes, type = 'image/png') {
  return page.evaluate(([how, where, bytes, type]) => {
    const files = new DataTransfer();
    files.items.add(new File([new Uint8Array(bytes)], 'a file', {type}));
    const event = how === 'paste'
      ? new ClipboardEvent('paste', {clipboardData: files, bubbles: true})
      : new DragEvent('drop', {dataTransfer: files, bubbles: true});
    document.querySelector(where).dispatchEvent(event);
  }, [how, where, [...bytes], type]);
}

/** A picture of one colour. */
function png(width, height) {
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(width * 3, Buffer.from([200, 40, 60]))]);
  const pixels = deflateSync(Buffer.concat(Array(height).fill(row)));
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}

function crc(bytes) {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) {
      sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
    }
  }
  return ~sum >>> 0;
}
