// What a person chose for all of their conversations.

import {Refused} from './api.js';
import {Component, button, createRef, dialog, h2, header, input, label, p, small, span} from './dom.js';
import {say} from './text.js';

const SETTINGS = '/link_setting/v1/link_setting/';

export class Settings extends Component {
  box = createRef();
  state = {receipts: null, failure: ''};
  /** What was chosen before is on its way first. */
  saved = Promise.resolve();

  componentDidMount() {
    this.box.current.showModal();
    this.load();
  }

  async load() {
    try {
      const {read_receipts: receipts} = await this.props.api.get(SETTINGS + 'get', {read_receipts: 1});
      this.setState({receipts: receipts === 1});
    } catch (e) {
      this.fail(e);
    }
  }

  choose(receipts) {
    this.setState({receipts, failure: ''});
    this.saved = this.saved.then(() => this.save(receipts));
  }

  async save(receipts) {
    const {api, talks} = this.props;
    try {
      await api.post(SETTINGS + 'set', {read_receipts: receipts ? 1 : 0});
    } catch (e) {
      this.setState({receipts: !receipts});
      this.fail(e);
    }
    talks.askPosition();
  }

  fail(e) {
    this.setState({failure: e instanceof Refused ? e.message : say('unreachable')});
  }

  render({store}, {receipts, failure}) {
    return dialog({
      class: 'settings',
      ref: this.box,
      'aria-labelledby': 'settings-title',
      onClose: () => store.set({dialog: null}),
      onClick: (e) => e.target === this.box.current && this.box.current.close(),
    },
    header(null,
        h2({id: 'settings-title'}, say('settings')),
        button({type: 'button', 'aria-label': say('close'), onClick: () => this.box.current.close()}, '×')),
    label(null,
        span(null, say('receipts')),
        input({
          type: 'checkbox',
          role: 'switch',
          checked: receipts === true,
          disabled: receipts === null,
          'aria-describedby': 'receipts-hint',
          onChange: (e) => this.choose(e.currentTarget.checked),
        })),
    p(null, small({id: 'receipts-hint'}, say('receiptsHint'))),
    p({class: 'failure', role: 'alert'}, failure));
  }
}
