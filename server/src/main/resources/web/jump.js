// Ctrl-K: from anywhere to a conversation, by a piece of a name, or to somebody by their uid.

import {Avatar} from './avatar.js';
import {Component, button, createRef, dialog, input, li, p, show, span, ul} from './dom.js';
import {keyOf, keyOfSession} from './store.js';
import {say} from './text.js';

const SHOWN = 8;
const UID = /^\d{1,20}$/;

export class Jump extends Component {
  box = createRef();
  state = {text: '', chosen: 0, found: null};

  componentDidMount() {
    this.box.current.showModal();
  }

  async write(text) {
    this.setState({text, chosen: 0, found: null});
    if (UID.test(text)) {
      const {store, talks} = this.props;
      await talks.tell(async () => {
        const found = await store.findPeople([text]);
        if (this.state.text === text && found[text]) {
          this.setState({found: {key: keyOf(1, text), name: found[text].name, face: found[text].face, id: text}});
        }
      });
    }
  }

  matches() {
    const {store} = this.props;
    const text = this.state.text.trim().toLowerCase();
    const sessions = [...store.sessions.values()]
        .map((s) => ({key: keyOfSession(s), name: store.nameOf(s), face: store.faceOf(s), id: s.talker_id}))
        .filter(({name}) => name.toLowerCase().includes(text));
    const {found} = this.state;
    return [...(found ? [found] : []), ...sessions.filter(({key}) => key !== found?.key)].slice(0, SHOWN);
  }

  pressed(e) {
    const matches = this.matches();
    const step = {ArrowDown: 1, ArrowUp: -1}[e.key];
    if (step && matches.length > 0) {
      e.preventDefault();
      this.setState({chosen: (this.state.chosen + step + matches.length) % matches.length});
    } else if (e.key === 'Enter' && !e.isComposing && matches[this.state.chosen]) {
      e.preventDefault();
      this.go(matches[this.state.chosen]);
    }
  }

  go({key}) {
    const {store, talks} = this.props;
    store.set({dialog: null});
    talks.open(key);
  }

  render({store}, {text, chosen}) {
    const matches = this.matches();
    return dialog({
      class: 'jump',
      ref: this.box,
      'aria-label': say('jump'),
      onClose: () => store.set({dialog: null}),
      onClick: (e) => e.target === this.box.current && this.box.current.close(),
    },
    input({
      type: 'text',
      value: text,
      placeholder: say('jumpHint'),
      'aria-label': say('jumpHint'),
      onInput: (e) => this.write(e.currentTarget.value),
      onKeyDown: (e) => this.pressed(e),
    }),
    matches.length === 0
      ? p({class: 'empty', role: 'status'}, say('noMatch'))
      : ul(null, matches.map((match, i) => li({key: match.key},
          button({type: 'button', class: i === chosen ? 'chosen' : '', onClick: () => this.go(match)},
              show(Avatar, match), span(null, match.name))))));
  }
}
