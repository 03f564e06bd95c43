// One person on two devices, and a line that comes and goes.

import assert from 'node:assert/strict';
import {after, afterEach, before, test} from 'node:test';
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

chat('what is read on one device is read on the other', async () => {
  const {ann, anns} = await site.pair(browser);
  const other = await site.window(browser, ann);
  const hasDot = () => other.locator('link[rel=icon]').evaluate((link) => decodeURIComponent(link.href).includes('<circle'));
  await row(other, 'Ben').locator('.badge').waitFor();
  await other.waitForFunction(() => document.title.startsWith('(1)'));
  assert.ok(await hasDot());
  await keep(other, 'unread-before');
  await open(anns, 'Ben');
  await row(other, 'Ben').locator('.badge').waitFor({state: 'detached'});
  await other.waitForFunction(() => !document.title.startsWith('('));
  assert.ok(!await hasDot());
  await keep(other, 'unread-after');
});

chat('what is done to a conversation on one device is seen on the other', async () => {
  const {ann, ben, anns} = await site.pair(browser);
  const other = await site.window(browser, ann);
  const act = (name) => anns.locator('.actions').getByRole('button', {name, exact: true}).click();
  await open(anns, 'Ben');
  await act('Pin');
  await row(other, 'Ben').getByLabel('Pinned').waitFor();
  await act('Mute');
  await row(other, 'Ben').getByLabel('Muted').waitFor();
  await site.say(ben, ann, 'more');
  await row(other, 'Ben').getByText('more').waitFor();
  assert.doesNotMatch(await other.title(), /^\(/);
  await act('Unpin');
  await row(other, 'Ben').getByLabel('Pinned').waitFor({state: 'detached'});
  await act('Unmute');
  await row(other, 'Ben').getByLabel('Muted').waitFor({state: 'detached'});

  await act('Intercept');
  await row(other, 'Ben').waitFor({state: 'detached'});
  await other.getByRole('button', {name: /^Intercepted/}).click();
  await row(other, 'Ben').waitFor();
  await act('Take out');
  await row(other, 'Ben').waitFor({state: 'detached'});
  await other.getByRole('button', {name: /^Inbox/}).click();
  await row(other, 'Ben').waitFor();

  await act('Remove');
  await row(anns, 'Ben').waitFor({state: 'detached'});
  await row(other, 'Ben').waitFor({state: 'detached'});
  await site.say(ben, ann, 'here I am again');
  await row(other, 'Ben').getByText('here I am again').waitFor();
});

chat('what is written offline is sent once the line is back', async () => {
  const {ann, ben, anns, bens} = await site.pair(browser);
  await open(anns, 'Ben');
  await open(bens, 'Ann');
  await anns.context().setOffline(true);
  await write(anns, 'from the tunnel');
  await anns.getByText('Not sent').waitFor();
  await anns.locator('.offline').waitFor();
  await keep(anns, 'offline');
  await site.say(ben, ann, 'are you there?');
  await anns.context().setOffline(false);
  await bubble(bens, 'from the tunnel').waitFor();
  await bubble(anns, 'are you there?').waitFor();
  await anns.locator('.offline').waitFor({state: 'detached'});
  assert.equal(await bubble(anns, 'from the tunnel').count(), 1);
  await keep(anns, 'back');
});

chat('what another device did while the line was away is seen once it is back', async () => {
  const {ann, anns} = await site.pair(browser);
  const zoe = await site.person('Zoe');
  await site.friends(ann, zoe);
  await site.say(zoe, ann, 'hello from Zoe');
  const other = await site.window(browser, ann);
  await row(other, 'Zoe').waitFor();
  await other.context().setOffline(true);
  await row(other, 'Zoe').click();
  await other.locator('.offline').waitFor();
  await open(anns, 'Ben');
  await anns.getByRole('button', {name: 'Remove'}).click();
  await open(anns, 'Zoe');
  await anns.getByRole('button', {name: 'Pin'}).click();
  await row(anns, 'Zoe').getByLabel('Pinned').waitFor();
  await other.context().setOffline(false);
  await row(other, 'Zoe').getByLabel('Pinned').waitFor();
  await row(other, 'Ben').waitFor({state: 'detached'});
});

chat('a message whose answer was lost is not sent twice', async () => {
  const {anns, bens} = await site.pair(browser);
  await open(anns, 'Ben');
  await open(bens, 'Ann');
  let lost = 0;
  await anns.route('**/send_msg', async (route) => {
    await route.fetch();
    lost++;
    await route.abort();
  }, {times: 1});
  await write(anns, 'only once');
  const again = anns.getByRole('button', {name: 'Send again'});
  await Promise.any([again.waitFor(), bubble(bens, 'only once').waitFor()]);
  await again.waitFor({state: 'detached'});
  await write(anns, 'and then');
  await bubble(bens, 'and then').waitFor();
  assert.equal(lost, 1);
  assert.equal(await bubble(bens, 'only once').count(), 1);
  assert.equal(await bubble(anns, 'only once').count(), 1);
});

chat('who is signed out elsewhere signs in again', async () => {
  const {ann, anns} = await site.pair(browser);
  await site.admin('revoke_tokens', {uid: ann.uid});
  await anns.getByRole('alert').waitFor();
  await anns.getByLabel('Access token').waitFor();
});
