// A picture as large as the window.

import {Component, button, createRef, dialog, img} from './dom.js';
import {say} from './text.js';

export class Lightbox extends Component {
  box = createRef();

  componentDidMount() {
    this.box.current.showModal();
  }

  render({store}) {
    return dialog({
      class: 'lightbox',
      ref: this.box,
      'aria-label': say('picture'),
      onClose: () => store.set({picture: null}),
      onClick: () => this.box.current.close(),
    }, img({src: store.picture, alt: say('picture')}), button({type: 'button', 'aria-label': say('close')}, '×'));
  }
}
