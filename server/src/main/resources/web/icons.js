// Signs as drawings: not every machine has letters for them.

import {path, svg} from './dom.js';

const DRAWN = {
  jump: 'M10 4a6 6 0 1 0 0 12 6 6 0 1 0 0-12M14.5 14.5L20 20',
  muted: 'M12 3a6 6 0 0 0-6 6v4l-2 4h16l-2-4V9a6 6 0 0 0-6-6zM10 20h4M4 3l16 18',
  picture: 'M3 5h18v14H3zM3 16l5-5 5 5 3-3 5 5M16 9h.01',
  pinned: 'M9 3h6l-1 6 4 4H6l4-4zM12 13v8',
  settings: 'M4 7h8M16 7h4M4 17h4M12 17h8M12 7a2 2 0 1 0 4 0 2 2 0 1 0-4 0M8 17a2 2 0 1 0 4 0 2 2 0 1 0-4 0',
};

/** @param label what it says to those who do not see it; without one it says nothing */
export function icon(name, label) {
  return svg({
    class: 'icon', viewBox: '0 0 24 24', ...(label ? {role: 'img', 'aria-label': label} : {'aria-hidden': true}),
  }, path({d: DRAWN[name]}));
}
