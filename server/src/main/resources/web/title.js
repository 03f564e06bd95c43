// How much is unread, where it is seen when the page is not.

const ICON = document.querySelector('link[rel=icon]');
const shown = {count: -1};

export function showUnread(count, name) {
  if (count === shown.count) {
    return;
  }
  shown.count = count;
  document.title = count > 0 ? `(${count}) ${name}` : name;
  const dot = count > 0 ? '<circle cx="24" cy="8" r="7" fill="#e0245e"/>' : '';
  const icon = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">' +
      `<path d="M3 7h26v17H14l-6 5v-5H3z" fill="#0b6fb8"/>${dot}</svg>`;
  ICON.href = `data:image/svg+xml,${encodeURIComponent(icon)}`;
}
