// A face, or the first letter of the name on a colour of its own.

import {Component, img, span, webUrl} from './dom.js';

const COLOURS = 8;

export class Avatar extends Component {
  render({name, face, id}) {
    const url = face && this.state.broken !== face ? webUrl(face) : undefined;
    if (url) {
      return img({class: 'avatar', src: url, alt: '', loading: 'lazy', onError: () => this.setState({broken: face})});
    }
    return span({class: `avatar colour${Number(id.slice(-3)) % COLOURS}`, 'aria-hidden': true}, [...name][0] ?? '?');
  }
}
