// What two people who follow each other see of each other while they talk.

import assert from 'node:assert/strict';
import {after, afterEach, before, test} from 'node:test';
import {Site, bubble, closeWindows, keep, launch, noBrowser, open, write} from './site.mjs';

let site;
let browser;

before(async () => {
  if (!noBrowser) {
    site = await Site.start('serve');
    browser = await launch();
  }
});

afterEach(() => closeWindows(browser));

after(async () => {
  await browser?.close();
  await site?.stop();
});

function live(name, body) {
  test(name, {skip: noBrowser, timeout: 60_000}, body);
}

/** Two people in a window each, in conversation with each other. @param folder where Ben has it */
async function pair(relate, folder = 'Inbox') {
  const [ann, ben] = [await site.person('Ann'), await site.person('Ben')];
  await relate(ann, ben);
  await site.say(ben, ann, 'hello Ann');
  const [anns, bens] = [await site.window(browser, ann), await site.window(browser, ben)];
  await open(anns, 'Ben');
  await bens.getByRole('button', {name: new RegExp(`^${folder}`)}).click();
  await open(bens, 'Ann');
  await bubble(bens, 'hello Ann').waitFor();
  return {ann, ben, anns, bens};
}

function mark(page) {
  return page.locator('.said.own .read');
}

live('that one is typing is seen until the message comes, or for a while', async () => {
  const {anns, bens} = await pair((ann, ben) => site.friends(ann, ben));
  const status = bens.getByRole('status').filter({hasText: 'Ann is typing…'});
  await anns.locator('textarea').pressSequentially('what I mean');
  await status.waitFor();
  await anns.locator('textarea').press('Enter');
  await bubble(bens, 'what I mean').waitFor();
  await status.waitFor({state: 'detached'});

  await anns.locator('textarea').pressSequentially('or rather');
  await status.waitFor();
  await status.waitFor({state: 'detached'}); // for nothing more came
  assert.deepEqual([...anns.problems, ...bens.problems], []);
});

live('what the other has read is marked, at once and when the conversation is opened', async () => {
  const {ann, anns, bens} = await pair((ann, ben) => site.friends(ann, ben));
  await write(anns, 'one');
  await bubble(bens, 'one').waitFor();
  await anns.locator('.said', {hasText: 'one'}).locator('.read').waitFor();
  await write(anns, 'two');
  await anns.locator('.said', {hasText: 'two'}).locator('.read').waitFor();
  assert.equal(await mark(anns).count(), 1);
  assert.equal(await mark(anns).textContent(), 'Read');

  const again = await site.window(browser, ann);
  await open(again, 'Ben');
  await again.locator('.said', {hasText: 'two'}).locator('.read').waitFor();
  await again.getByRole('button', {name: '中文'}).click();
  await again.getByText('已读', {exact: true}).waitFor();
});

function receipts(page) {
  return page.getByRole('switch', {name: 'Read receipts'});
}

/** Opens the settings by the keyboard alone. */
async function settings(page) {
  await page.getByRole('button', {name: 'Settings'}).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', {name: 'Settings'}).waitFor();
  await page.locator('[role=switch]:enabled').waitFor();
}

live('who switches read receipts off shows none and sees none, until they are on again', async () => {
  const {ann, ben, anns, bens} = await pair((ann, ben) => site.friends(ann, ben));
  await mark(bens).waitFor();
  await settings(bens);
  assert.ok(await receipts(bens).isChecked());
  await bens.keyboard.press('Tab');
  await bens.keyboard.press('Space');
  await mark(bens).waitFor({state: 'detached'});
  await keep(bens, 'settings');
  await bens.keyboard.press('Escape');
  await bens.getByRole('dialog').waitFor({state: 'detached'});
  await bens.getByRole('button', {name: 'Settings'}).and(bens.locator(':focus')).waitFor();
  await bens.locator('.talk h2', {hasText: 'Ann'}).waitFor();

  await write(anns, 'one');
  await bubble(bens, 'one').waitFor();
  await bens.waitForFunction(() => !document.title.startsWith('('));
  await site.say(ben, ann, 'seen'); // and told after that
  await bubble(anns, 'seen').waitFor();
  assert.equal(await mark(anns).count(), 0);

  const again = await site.window(browser, ben);
  await open(again, 'Ann');
  await settings(again);
  assert.ok(!await receipts(again).isChecked());
  assert.equal(await mark(again).count(), 0);
  await receipts(again).click();
  await mark(again).waitFor();
  await again.getByRole('button', {name: 'Close'}).click();
  await again.getByRole('dialog').waitFor({state: 'detached'});
  await write(anns, 'two');
  await anns.locator('.said', {hasText: 'two'}).locator('.read').waitFor();
  assert.deepEqual([...bens.problems, ...again.problems], []);
});

live('a switch that could not be saved goes back, and says why', async () => {
  const {bens} = await pair((ann, ben) => site.friends(ann, ben));
  await bens.route('**/link_setting/set', (route) => route.abort(), {times: 1});
  await settings(bens);
  await receipts(bens).click();
  await bens.getByRole('dialog').getByRole('alert').getByText('The server can not be reached').waitFor();
  assert.ok(await receipts(bens).isChecked());
  await bens.route('**/link_setting/set', (route) => route.fulfill({json: {code: 2, message: 'not today'}}), {times: 1});
  await receipts(bens).click();
  await bens.getByRole('dialog').getByRole('alert').getByText('not today').waitFor();
  assert.ok(await receipts(bens).isChecked());
  await receipts(bens).click();
  await bens.locator('[role=switch]:not(:checked)').waitFor();
  assert.equal(await bens.getByRole('alert').textContent(), '');

  await bens.keyboard.press('Escape');
  await bens.getByRole('button', {name: '中文'}).click();
  await bens.getByRole('button', {name: '设置'}).click();
  await bens.getByRole('dialog', {name: '设置'}).getByRole('switch', {name: '已读回执'}).waitFor();
});

live('of somebody who does not follow back nothing is seen', async () => {
  const {ann, ben, anns, bens} = await pair((ann, ben) => site.admin('set_relations', {relations: [
    {from_uid: ann.uid, to_uid: ben.uid, kind: 'FOLLOW'},
  ]}), 'Others');
  await write(anns, 'one');
  await bubble(bens, 'one').waitFor();
  await bens.waitForFunction(() => !document.title.startsWith('('));
  await anns.locator('textarea').pressSequentially('two');
  await site.say(ben, ann, 'seen');
  await bubble(anns, 'seen').waitFor();
  assert.equal(await mark(anns).count(), 0);
  assert.equal(await bens.getByText('is typing').count(), 0);
});
