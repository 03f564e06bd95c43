import {after, before, test} from 'node:test';
import {Site, bubble, keep, launch, noBrowser, open, write} from './site.mjs';

const LIVE_MILLIS = 10_000;

let site;
let browser;

before(async () => {
  if (!noBrowser) {
    site = await Site.start('demo');
    browser = await launch();
  }
});

after(async () => {
  await browser?.close();
  await site?.stop();
});

test('within ten seconds of a demo something happens, and whoever is written to answers', {skip: noBrowser, timeout: 60_000}, async () => {
  const page = await browser.newPage({locale: 'zh-CN', viewport: {width: 1100, height: 720}});
  await page.goto(site.address);
  await page.locator('.people button', {hasText: '小满'}).click();
  await page.locator('.session').first().waitFor();
  const before = await page.locator('.preview').allTextContents();
  await page.waitForFunction(
      (texts) => [...document.querySelectorAll('.preview')].map((p) => p.textContent).join('\n') !== texts.join('\n'),
      before, {timeout: LIVE_MILLIS});
  await open(page, '山茶');
  const answers = await page.locator('.said:not(.own)').count();
  await write(page, '在吗？');
  await bubble(page, '在吗？').waitFor();
  await page.waitForFunction(
      (count) => document.querySelectorAll('.said:not(.own)').length > count, answers, {timeout: LIVE_MILLIS});
  await keep(page, 'demo');
});
