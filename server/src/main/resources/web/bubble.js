// One message on the screen, by its type.

import {a, article, button, div, img, p, show, small, span, strong, time, webUrl} from './dom.js';
import {Avatar} from './avatar.js';
import {parseContent} from './json.js';
import {PICTURE, RECALLED, TEXT} from './talks.js';
import {clock, say, wholeTime} from './text.js';

const CUSTOM_FACE = 6;
const NOTICE = 10;
const CARDS = [7, 11, 12, 13, 14];
const TIP = 18;
const PICTURE_PIXELS = 280;
const EMOTE_OR_LINK = /(\[[^[\]]{1,50}\]|https?:\/\/[^\s<>"'，。！？）]+)/;

/**
 * @param props.message a message, or one that is on its way
 * @param props.isRead whether it is the last that the other has read
 */
export function Bubble(props) {
  const {store, message} = props;
  const name = store.nameOfUser(message.sender_uid);
  if (message.msg_status === RECALLED) {
    const own = message.sender_uid === store.me.uid;
    return p({class: 'aside'}, own ? say('youRecalled') : say('someoneRecalled', name));
  }
  const content = parseContent(message.content);
  if (message.msg_type === TIP) {
    return p({class: 'aside'}, tipOf(content));
  }
  if (message.sender_uid === '0') {
    return p({class: 'aside'}, String(content.content ?? ''));
  }
  return show(Said, {...props, content, name});
}

function tipOf(content) {
  const pieces = parseContent(content.content);
  return Array.isArray(pieces) ? pieces.map((piece) => piece.text).join('') : '';
}

function Said({store, talks, talk, message, content, name, isRead}) {
  const own = message.sender_uid === store.me.uid;
  const user = store.user(message.sender_uid);
  return article({class: own ? 'said own' : 'said', 'aria-label': `${name}, ${wholeTime(message.timestamp)}`},
      show(Avatar, {name, face: user.face, id: message.sender_uid}),
      div({class: 'body'},
          !own && talk.type === '2' && small({class: 'who'}, name),
          bodyOf(message, content, talk, store),
          div({class: 'under'},
              time({title: wholeTime(message.timestamp)}, clock(message.timestamp)),
              fateOf(message, talk, talks),
              isRead && span({class: 'read'}, say('read')),
              message.msg_seqno && talks.canRecall(message) && button({
                type: 'button', class: 'link recall', onClick: () => talks.recall(talk, message),
              }, say('recall')))));
}

/** What became of a message that is not in the history yet. */
function fateOf(message, talk, talks) {
  if (message.msg_seqno || message.msg_key) {
    return null;
  }
  return message.failure
    ? span({class: 'failure', role: 'alert'}, say('failed', message.failure), ' ',
        button({type: 'button', class: 'link resend', onClick: () => talks.send(talk, message)}, say('resend')))
    : span(null, say('sending'));
}

function bodyOf(message, content, talk, store) {
  switch (message.msg_type) {
    case TEXT: return p({class: 'bubble'}, wordsOf(String(content.content ?? ''), message, talk));
    case PICTURE: case CUSTOM_FACE: return pictureOf(content, store);
    case NOTICE: return noticeOf(content);
    default: return CARDS.includes(message.msg_type) ? cardOf(content) : p({class: 'bubble odd'}, say('unsupported'));
  }
}

/** A text with its emotes, its links and what a keyword rule highlights. */
function wordsOf(text, message, talk) {
  const marks = message.key_hit_infos?.high_text ?? [];
  return text.split(EMOTE_OR_LINK).map((piece) => {
    const emote = talk.emotes.get(piece);
    const url = emote && webUrl(emote.gif_url || emote.uri);
    if (url) {
      return img({class: emote.size === 2 ? 'emote large' : 'emote', src: url, alt: piece, title: piece});
    }
    return /^https?:/.test(piece) ? outside(webUrl(piece), piece) : marked(piece, marks);
  });
}

function marked(piece, marks) {
  const mark = marks.find((m) => m.title && piece.includes(m.title));
  if (!mark) {
    return piece;
  }
  const at = piece.indexOf(mark.title);
  const link = mark.url ? outside(webUrl(mark.url), mark.title) : span({class: 'marked'}, mark.title);
  return [piece.slice(0, at), link, piece.slice(at + mark.title.length)];
}

function outside(url, ...children) {
  return url ? a({href: url, target: '_blank', rel: 'noopener noreferrer'}, ...children) : span(null, ...children);
}

function pictureOf(content, store) {
  const url = webUrl(content.url);
  if (!url) {
    return p({class: 'bubble odd'}, say('unsupported'));
  }
  const width = Number(content.width) || PICTURE_PIXELS;
  const height = Number(content.height) || PICTURE_PIXELS;
  const scale = Math.min(1, PICTURE_PIXELS / width, PICTURE_PIXELS / height);
  return button({type: 'button', class: 'picture', 'aria-label': say('open'), onClick: () => store.set({picture: url})},
      img({src: url, alt: say('picture'), width: Math.round(width * scale), height: Math.round(height * scale)}));
}

function noticeOf(content) {
  const jumps = ['', '_2', '_3'].map((nth) => [content[`jump_text${nth}`], webUrl(content[`jump_uri${nth}`])]);
  return div({class: 'card notice'},
      strong(null, content.title),
      content.text && p(null, content.text),
      (content.modules ?? []).map((each) => p({class: 'module'}, small(null, each.title), span(null, each.detail))),
      jumps.filter(([text]) => text).map(([text, url]) => p({class: 'jump'}, outside(url, text))));
}

/** A share of something: whatever it is, it has a title, mostly a picture, and leads somewhere. */
function cardOf(content) {
  const cover = webUrl(content.thumb ?? content.cover ?? content.pic_url ?? content.image_urls?.[0]);
  return outside(webUrl(content.url ?? content.jump_url),
      span({class: 'card'},
          cover && img({class: 'cover', src: cover, alt: ''}),
          strong(null, content.title ?? content.headline ?? say('share')),
          (content.desc ?? content.summary ?? content.headline) &&
              span({class: 'desc'}, content.desc ?? content.summary ?? content.headline),
          content.author && small(null, content.author)));
}
