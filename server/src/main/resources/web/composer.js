// Where messages are written: text, emotes, pictures, mentions.

import {Component, button, createRef, div, form, img, input, label, textarea, webUrl} from './dom.js';
import {icon} from './icons.js';
import {TEXT} from './talks.js';
import {say} from './text.js';

const OPEN_MENTION = /@([^@\s]*)$/;
const MENTIONED_AT_ONCE = 8;

export class Composer extends Component {
  box = createRef();
  state = {panel: '', chosen: 0, text: this.props.talk.draft, dropping: false};
  /** Names that were chosen from the list, and whose they are. */
  mentioned = new Map();

  componentDidMount() {
    if (matchMedia('(min-width: 701px)').matches) {
      this.box.current.focus();
    }
  }

  componentDidUpdate() {
    const box = this.box.current;
    box.style.height = 'auto';
    box.style.height = `${Math.min(box.scrollHeight, 160)}px`;
  }

  write(text) {
    const {talk, talks} = this.props;
    talk.draft = text;
    if (text) {
      talks.type(talk);
    }
    const isMention = talk.type === '2' && OPEN_MENTION.test(text);
    this.setState({text, chosen: 0, panel: isMention ? 'mention' : this.state.panel === 'mention' ? '' : this.state.panel});
  }

  send(e) {
    e?.preventDefault();
    const {talk, talks} = this.props;
    const text = this.state.text.trim();
    if (text) {
      const at = [...this.mentioned].filter(([name]) => text.includes(`@${name}`)).map(([, uid]) => uid);
      talks.write(talk, TEXT, {content: text}, at);
      this.mentioned.clear();
      this.write('');
      this.setState({panel: ''});
    }
  }

  pressed(e) {
    if (e.isComposing) {
      return;
    }
    const candidates = this.state.panel === 'mention' ? this.candidates() : [];
    const step = {ArrowDown: 1, ArrowUp: -1}[e.key];
    if (step && candidates.length > 0) {
      e.preventDefault();
      this.setState({chosen: (this.state.chosen + step + candidates.length) % candidates.length});
    }
    if (e.key === 'Enter' && !e.shiftKey) {
      e.preventDefault();
      const somebody = candidates[this.state.chosen];
      return somebody ? this.mention(somebody) : this.send();
    }
    if (e.key === 'Escape' && this.state.panel) {
      e.stopPropagation();
      this.setState({panel: ''});
    }
  }

  /** Puts an emote where the cursor is. */
  put(text) {
    const box = this.box.current;
    box.setRangeText(text, box.selectionStart, box.selectionEnd, 'end');
    this.write(box.value);
    box.focus();
  }

  /** Those who have spoken here and whose name begins as it is written. */
  candidates() {
    const {store, talk} = this.props;
    const begun = (OPEN_MENTION.exec(this.state.text)?.[1] ?? '').toLowerCase();
    const speakers = new Set(talk.messages.map((m) => m.sender_uid).reverse());
    return [...speakers]
        .filter((uid) => uid !== '0' && uid !== store.me.uid && store.user(uid).name)
        .filter((uid) => store.user(uid).name.toLowerCase().startsWith(begun))
        .slice(0, MENTIONED_AT_ONCE);
  }

  mention(uid) {
    const {name} = this.props.store.user(uid);
    this.mentioned.set(name, uid);
    this.write(this.state.text.replace(OPEN_MENTION, () => `@${name} `));
    this.box.current.focus();
  }

  async panel(name) {
    this.setState({panel: this.state.panel === name ? '' : name});
    const {store, api, talks} = this.props;
    if (name === 'emotes' && store.emotes.length === 0) {
      await talks.tell(async () => store.set({emotes: (await api.get('/x/im/emotes')).emotes}));
    }
  }

  pictures(files) {
    [...files].forEach((file) => this.props.talks.sendPicture(this.props.talk, file));
  }

  dropped(e) {
    e.preventDefault();
    this.setState({dropping: false});
    this.pictures(e.dataTransfer.files);
  }

  pasted(e) {
    const files = e.clipboardData.files;
    if (files.length > 0) {
      e.preventDefault();
      this.pictures(files);
    }
  }

  render({name}, {text, panel, dropping}) {
    return form({
      class: dropping ? 'composer dropping' : 'composer',
      onSubmit: (e) => this.send(e),
      onDragOver: (e) => {
        e.preventDefault();
        this.setState({dropping: true});
      },
      onDragLeave: () => this.setState({dropping: false}),
      onDrop: (e) => this.dropped(e),
    },
    panel === 'emotes' && this.emotes(),
    panel === 'mention' && this.mentions(),
    dropping && div({class: 'panel'}, say('drop')),
    div({class: 'tools'},
        button({
          type: 'button', 'aria-label': say('emotes'), 'aria-expanded': panel === 'emotes', onClick: () => this.panel('emotes'),
        }, '☺'),
        label({class: 'file', title: say('addPicture')}, icon('picture'),
            input({
              type: 'file', accept: 'image/*', multiple: true, 'aria-label': say('addPicture'),
              onChange: (e) => {
                this.pictures(e.currentTarget.files);
                e.currentTarget.value = '';
              },
            })),
        textarea({
          ref: this.box,
          rows: 1,
          value: text,
          placeholder: say('write', name),
          'aria-label': say('write', name),
          onInput: (e) => this.write(e.currentTarget.value),
          onKeyDown: (e) => this.pressed(e),
          onPaste: (e) => this.pasted(e),
        }),
        button({type: 'submit', class: 'primary', disabled: !text.trim()}, say('send'))));
  }

  emotes() {
    return div({class: 'panel emotes', role: 'group', 'aria-label': say('emotes')},
        this.props.store.emotes.map((emote) => button({
          type: 'button', key: emote.text, 'aria-label': emote.text, title: emote.text, onClick: () => this.put(emote.text),
        }, img({src: webUrl(emote.uri), alt: ''}))));
  }

  mentions() {
    return div({class: 'panel mentions', role: 'group', 'aria-label': say('mention')},
        this.candidates().map((uid, i) => button({
          type: 'button', key: uid, class: i === this.state.chosen ? 'chosen' : '', onClick: () => this.mention(uid),
        }, this.props.store.nameOfUser(uid))));
  }
}
