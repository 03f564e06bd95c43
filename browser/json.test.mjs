import assert from 'node:assert/strict';
import {test} from 'node:test';
import {compare, parse, parseContent} from '../server/src/main/resources/web/json.js';

test('numbers of 64 bits keep all their digits', () => {
  assert.deepEqual(parse('{"msg_key": 18446744073709551615, "list": [7710964638610882560, 1]}'),
      {msg_key: '18446744073709551615', list: ['7710964638610882560', 1]});
});

test('what names something is text, however small', () => {
  assert.deepEqual(parse('{"talker_id":1,"uid":2,"top_ts":0,"at_uids":[3,null],"mid":4,"unread_count":5,"at_seqno":null}'),
      {talker_id: '1', uid: '2', top_ts: '0', at_uids: ['3', null], mid: '4', unread_count: 5, at_seqno: null});
});

test('texts stay as they are, whatever digits and quotes are in them', () => {
  const value = {content: '{"content":"call 12345678901234567890, \\" 12345678901234567890 \\\\"}', '12345678901234567': 'a'};
  assert.deepEqual(parse(JSON.stringify(value)), value);
});

test('fractions and powers are numbers', () => {
  assert.deepEqual(parse('[1234567890123456.5, 1234567890123456e2, -3]'), [1234567890123456.5, 1234567890123456e2, -3]);
});

test('content that is no object is an empty one', () => {
  for (const content of ['', '7710964638610882560x', 'null', '3', '{']) {
    assert.deepEqual(parseContent(content), {});
  }
});

test('numbers are ordered by what they are worth', () => {
  assert.ok(compare('9', '10') < 0);
  assert.ok(compare('18446744073709551615', '9223372036854775807') > 0);
  assert.equal(compare('42', '42'), 0);
});
