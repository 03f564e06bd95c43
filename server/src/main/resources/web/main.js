// The page put together: who is signed in, the two sides, and what can be done from everywhere.

import {Api, Refused} from './api.js';
import {Avatar} from './avatar.js';
import {Component, aside, button, div, h1, h2, header, main, p, render, show, span} from './dom.js';
import {icon} from './icons.js';
import {Jump} from './jump.js';
import {Lightbox} from './lightbox.js';
import {Folders, SessionList} from './list.js';
import {Live} from './live.js';
import {Settings} from './settings.js';
import {SignIn} from './signin.js';
import {Store} from './store.js';
import {TalkPane} from './talk.js';
import {Talks} from './talks.js';
import {languageTag, say, switchLanguage} from './text.js';
import {showUnread} from './title.js';

const TOKEN = 'sixin.token'; // one for each window, so that two people can sit side by side

class Page extends Component {
  state = {failure: '', asked: false};

  componentDidMount() {
    addEventListener('keydown', (e) => this.pressed(e));
    this.signIn(sessionStorage.getItem(TOKEN) ?? '', true);
  }

  /** @param quietly whether it is no failure when nobody is signed in */
  async signIn(token, quietly = false) {
    const api = new Api(token, languageTag());
    try {
      const nav = await api.get('/x/web-interface/nav');
      sessionStorage.setItem(TOKEN, token);
      this.begin(api, {uid: nav.mid, name: nav.uname, face: nav.face});
    } catch (e) {
      const failure = e instanceof Refused ? e.message : say('unreachable');
      this.setState({asked: true, failure: quietly && !token ? '' : failure});
    }
  }

  begin(api, me) {
    const store = new Store(api);
    const talks = new Talks(api, store);
    const live = new Live(api, store, talks, () => this.signOut(say('signedOut')));
    store.me = me;
    store.subscribe(() => this.forceUpdate());
    this.setState({api, store, talks, live, failure: ''});
    live.run();
  }

  signOut(failure = '') {
    this.state.live.stop();
    sessionStorage.removeItem(TOKEN);
    this.setState({store: null, asked: true, failure});
  }

  pressed(e) {
    const {store} = this.state;
    if (!store) {
      return;
    }
    if (e.key === 'k' && (e.ctrlKey || e.metaKey)) {
      e.preventDefault();
      store.set({dialog: 'jump'});
    } else if (e.key === 'Escape' && !store.dialog && !store.picture) {
      const row = document.querySelector('.session.open') ?? document.querySelector('.session');
      store.set({open: null});
      row?.focus();
    }
  }

  render(_, {store, api, talks, live, asked, failure}) {
    if (!store) {
      showUnread(0, say('app'));
      return asked ? show(SignIn, {failure, signIn: (token) => this.signIn(token)}) : null;
    }
    const {main: inbox = 0, unfollowed = 0, groups = 0} = store.totals;
    showUnread(inbox + unfollowed + groups, say('app'));
    return div({class: store.open ? 'page talking' : 'page'},
        header({class: 'unseen'}, h1(null, say('app'))),
        !store.online && p({class: 'offline', role: 'status'}, say('offline')),
        aside(null,
            header(null,
                show(Avatar, {name: store.me.name, face: store.me.face, id: store.me.uid}),
                h2(null, store.me.name),
                button({type: 'button', title: `${say('jump')} (Ctrl-K)`, onClick: () => store.set({dialog: 'jump'})},
                    icon('jump', say('jump'))),
                button({type: 'button', title: say('settings'), onClick: () => store.set({dialog: 'settings'})},
                    icon('settings', say('settings'))),
                button({type: 'button', onClick: () => this.speakOther()}, say('language')),
                button({type: 'button', onClick: () => this.signOut()}, say('signOut'))),
            show(Folders, {store, talks}),
            show(SessionList, {store, talks, folder: store.folder})),
        main(null, store.open ? show(TalkPane, {store, talks, live, api}) : p({class: 'empty'}, span(null, say('choose')))),
        store.dialog === 'jump' && show(Jump, {store, talks}),
        store.dialog === 'settings' && show(Settings, {store, talks, api}),
        store.picture && show(Lightbox, {store}),
        div({class: 'toast', role: 'status'}, store.toast));
  }

  speakOther() {
    switchLanguage();
    this.state.api.language = languageTag();
    this.forceUpdate();
  }
}

render(show(Page), document.getElementById('page'));
