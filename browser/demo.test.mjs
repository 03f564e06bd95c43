import {after, before, test} from 'node:test';
import {Site, bubble, keep, launch, noBrowser, open, row, write} from './site.mjs';

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

test('whoever opens a demo soon sees people talk, go live and answer', {skip: noBrowser, timeout: 120_000}, async () => {
  const page = await browser.newPage({locale: 'zh-CN', viewport: {width: 1100, height: 1000}});
  await page.goto(site.address);
  await page.locator('.people button', {hasText: '小满'}).click();
  const group = row(page, '应援团').locator('.preview');
  await group.waitFor();
  const opened = Date.now();
  const seconds = () => ((Date.now() - opened) / 1000).toFixed(1);
  const said = await group.textContent();
  const seen = [
    page.locator('.session .live').first().waitFor().then(() => `live after ${seconds()} s`),
    group.filter({hasNotText: said}).waitFor().then(() => `talk in the group after ${seconds()} s`),
  ];
  await open(page, '夏至');
  const answers = await page.locator('.said:not(.own)').count();
  await write(page, '在吗？');
  await bubble(page, '在吗？').waitFor();
  await page.locator('.said:not(.own)').nth(answers).waitFor();
  console.log([`an answer after ${seconds()} s`, ...await Promise.all(seen)].join(', '));
  await keep(page, 'demo');
});
