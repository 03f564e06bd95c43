// What the page says, in Chinese and in English.

const WORDS = {
  app: ['私信', 'Messages'],
  signIn: ['登录', 'Sign in'],
  token: ['访问令牌', 'Access token'],
  tokenHint: ['由网站发放；也可以用 ./sixin token --uid 1 生成', 'Your site issues it; or run ./sixin token --uid 1'],
  demoPeople: ['以谁的身份看看？', 'Look around as'],
  demoHint: ['在另一个窗口里选另一个人，就能互相聊天', 'Choose somebody else in another window and chat'],
  signOut: ['退出', 'Sign out'],
  settings: ['设置', 'Settings'],
  receipts: ['已读回执', 'Read receipts'],
  receiptsHint: [
    '互相关注的人能看到你读到了哪里。关闭后，你也看不到他们读到了哪里。',
    'People whom you follow and who follow you see what you have read. Off: you do not see what they have read either.',
  ],
  signedOut: ['登录已失效，请重新登录', 'You were signed out. Sign in again.'],
  folders: ['会话分类', 'Folders'],
  sessions: ['会话', 'Conversations'],
  main: ['消息', 'Inbox'],
  unfollowed: ['未关注', 'Others'],
  groups: ['应援团', 'Groups'],
  helper: ['小助手', 'Helper'],
  notices: ['通知', 'Notices'],
  intercepted: ['已拦截', 'Intercepted'],
  nothingHere: ['这里还没有会话', 'No conversations here'],
  choose: ['选一个会话开始聊天', 'Choose a conversation'],
  jump: ['跳转', 'Jump to'],
  jumpHint: ['名字，或对方的 UID（Ctrl-K）', 'A name, or somebody’s uid (Ctrl-K)'],
  noMatch: ['没有找到', 'Nobody found'],
  back: ['返回', 'Back'],
  more: ['更多操作', 'More'],
  pin: ['置顶', 'Pin'],
  unpin: ['取消置顶', 'Unpin'],
  pinned: ['已置顶', 'Pinned'],
  mute: ['免打扰', 'Mute'],
  unmute: ['取消免打扰', 'Unmute'],
  muted: ['免打扰', 'Muted'],
  intercept: ['拦截', 'Intercept'],
  trust: ['移出拦截', 'Take out'],
  collect: ['收进小助手', 'To the helper'],
  uncollect: ['移出小助手', 'Out of the helper'],
  remove: ['移除会话', 'Remove'],
  live: ['直播中', 'Live'],
  mentioned: ['[有人@我]', '[mentioned you]'],
  unread: ['{0} 条未读', '{0} unread'],
  history: ['消息记录', 'Messages'],
  loading: ['加载中…', 'Loading…'],
  beginning: ['没有更早的消息了', 'This is where it begins'],
  newBelow: ['有新消息', 'New messages'],
  write: ['发消息给 {0}', 'Write to {0}'],
  send: ['发送', 'Send'],
  picture: ['图片', 'Picture'],
  addPicture: ['发送图片', 'Send a picture'],
  emotes: ['表情', 'Emotes'],
  mention: ['提到谁', 'Mention'],
  typing: ['{0} 正在输入…', '{0} is typing…'],
  read: ['已读', 'Read'],
  sending: ['发送中', 'Sending'],
  failed: ['发送失败：{0}', 'Not sent: {0}'],
  resend: ['重发', 'Send again'],
  recall: ['撤回', 'Take back'],
  youRecalled: ['你撤回了一条消息', 'You took a message back'],
  someoneRecalled: ['{0} 撤回了一条消息', '{0} took a message back'],
  share: ['分享', 'Share'],
  notice: ['通知', 'Notice'],
  unsupported: ['[这里还看不了的消息]', '[a kind of message that can not be shown here]'],
  offline: ['连接已断开，正在重连…', 'Offline. Reconnecting…'],
  unreachable: ['连不上服务器', 'The server can not be reached'],
  notPicture: ['这不是图片', 'That is not a picture'],
  close: ['关闭', 'Close'],
  drop: ['松开即发送图片', 'Drop to send the picture'],
  open: ['打开', 'Open'],
  language: ['English', '中文'],
  yesterday: ['昨天', 'Yesterday'],
  today: ['今天', 'Today'],
  somebody: ['用户 {0}', 'User {0}'],
};

const LANGUAGES = ['zh-CN', 'en'];
const KEPT = 'sixin.language';
const DAY_MILLIS = 86_400_000;

let language = LANGUAGES.indexOf(localStorage.getItem(KEPT));
if (language < 0) {
  language = navigator.language.startsWith('zh') ? 0 : 1;
}
let formats = makeFormats();
document.documentElement.lang = languageTag();

export function languageTag() {
  return LANGUAGES[language];
}

export function switchLanguage() {
  language = 1 - language;
  localStorage.setItem(KEPT, languageTag());
  document.documentElement.lang = languageTag();
  formats = makeFormats();
}

/** The words of a name, with {0} replaced. */
export function say(name, value = '') {
  return WORDS[name][language].replace('{0}', () => value);
}

function makeFormats() {
  const format = (options) => new Intl.DateTimeFormat(languageTag(), options);
  return {
    clock: format({hour: '2-digit', minute: '2-digit', hour12: false}),
    date: format({month: 'numeric', day: 'numeric'}),
    day: format({year: 'numeric', month: 'long', day: 'numeric', weekday: 'long'}),
    whole: format({dateStyle: 'medium', timeStyle: 'medium'}),
  };
}

export function clock(seconds) {
  return formats.clock.format(seconds * 1000);
}

export function wholeTime(seconds) {
  return formats.whole.format(seconds * 1000);
}

export function dayOf(seconds) {
  return new Date(seconds * 1000).toDateString();
}

export function dayInWords(seconds) {
  const day = dayOf(seconds);
  if (day === new Date().toDateString()) {
    return say('today');
  }
  return day === new Date(Date.now() - DAY_MILLIS).toDateString() ? say('yesterday') : formats.day.format(seconds * 1000);
}

/** Short, for lists: the time of today's, the day of others. */
export function when(seconds) {
  if (!seconds) {
    return '';
  }
  return dayOf(seconds) === new Date().toDateString() ? clock(seconds) : formats.date.format(seconds * 1000);
}
