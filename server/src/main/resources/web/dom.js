// Elements as functions: div({class: 'x'}, child, ...) and so on. Text stays text, never HTML.

import {Component, Fragment, createRef, h, render} from './preact.js';

export {Component, createRef, render};

export const {
  a, article, aside, button, dialog, div, em, figure, footer, form, header, h1, h2, img, input, label, li, main, nav,
  option, p, section, select, small, span, strong, svg, path, textarea, time, ul,
} = new Proxy({}, {get: (_, tag) => (properties, ...children) => h(tag, properties, ...children)});

/** Shows a component, or a function of its properties. */
export function show(component, properties, ...children) {
  return h(component, properties, ...children);
}

export function several(...children) {
  return h(Fragment, null, ...children);
}

/** The URL if a person may follow it or look at it there; else undefined. */
export function webUrl(text) {
  if (!text) {
    return undefined;
  }
  try {
    const url = new URL(text, location.href);
    return ['http:', 'https:'].includes(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}
