// Who are you? A token, or in a demo one of the people in it.

import {Avatar} from './avatar.js';
import {Component, button, div, form, h1, h2, input, label, li, main, p, show, small, span, ul} from './dom.js';
import {say} from './text.js';

export class SignIn extends Component {
  state = {token: '', people: []};

  async componentDidMount() {
    try {
      const response = await fetch('/demo/people');
      this.setState({people: response.ok ? await response.json() : []});
    } catch {
      // no demo: a token it is
    }
  }

  render({signIn, failure}, {token, people}) {
    const submit = (e) => {
      e.preventDefault();
      signIn(token.trim());
    };
    return main({class: 'signin'},
        h1(null, 'Sixin'),
        failure && p({class: 'failure', role: 'alert'}, failure),
        people.length > 0 && div({class: 'people'},
            h2(null, say('demoPeople')),
            ul(null, people.map((person) => li({key: person.uid},
                button({type: 'button', onClick: () => signIn(person.token)},
                    show(Avatar, {name: person.name, face: '', id: person.uid}), span(null, person.name))))),
            p(null, small(null, say('demoHint')))),
        form({onSubmit: submit},
            label({for: 'token'}, say('token')),
            input({
              id: 'token',
              type: 'password',
              autocomplete: 'off',
              required: true,
              'aria-describedby': 'token-hint',
              value: token,
              onInput: (e) => this.setState({token: e.currentTarget.value}),
            }),
            small({id: 'token-hint'}, say('tokenHint')),
            button({type: 'submit', class: 'primary'}, say('signIn'))));
  }
}
