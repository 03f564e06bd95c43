// Reads JSON whose numbers may use all 64 bits. JavaScript's numbers have room for 53, so long ones
// are put in quotes first; and what names something is text always, however small its number is.

const TEXT_OR_LONG_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g;
const NAMES_SOMETHING = /(^|_)(id|ids|uid|uids|mid|key|seqno|ts)$/;

export function parse(text) {
  const quoted = text.replace(TEXT_OR_LONG_NUMBER, (found) => (found[0] === '"' ? found : `"${found}"`));
  return JSON.parse(quoted, (name, value) => (NAMES_SOMETHING.test(name) ? asText(value) : value));
}

function asText(value) {
  if (Array.isArray(value)) {
    return value.map(asText);
  }
  return typeof value === 'number' ? String(value) : value;
}

/** What stands in a message's content; an empty object when it is no JSON. */
export function parseContent(content) {
  try {
    const value = JSON.parse(content);
    return value !== null && typeof value === 'object' ? value : {};
  } catch {
    return {};
  }
}

/** Orders numbers that are written without leading zeros. */
export function compare(a, b) {
  return a.length - b.length || (a < b ? -1 : Number(a > b));
}

export function greatest(a, b) {
  return compare(a, b) < 0 ? b : a;
}
