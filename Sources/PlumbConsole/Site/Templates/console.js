// Keeps the live part of a page up to date; without it the page is read as it was sent.
'use strict';
const part = document.getElementById('live');
const status = document.querySelector('[data-live-status]');

function say(text, isOn) {
  if (!status || status.textContent === text) return;
  status.hidden = false;
  status.textContent = text;
  status.className = isOn ? 'live on' : 'live off';
}

// What has the focus, or is scrolled, stays so when its surroundings are written anew.
function replace(html) {
  const focused = document.activeElement && part.contains(document.activeElement) ? document.activeElement : null;
  const links = selector => [...part.querySelectorAll(selector)];
  const kind = focused && (focused.tagName === 'A' ? 'a' : '[tabindex]');
  const place = focused ? links(kind).indexOf(focused) : -1;
  const scrolled = links('.scroll').map(box => box.scrollLeft);
  part.innerHTML = html;
  links('.scroll').forEach((box, index) => { box.scrollLeft = scrolled[index] || 0; });
  if (place >= 0) links(kind)[place]?.focus({ preventScroll: true });
}

if (part && part.dataset.live && 'EventSource' in window) {
  let last = '';
  const source = new EventSource(part.dataset.live);
  source.addEventListener('open', () => say('Live', true));
  source.addEventListener('part', event => {
    say('Live', true);
    if (event.data === last) return;
    last = event.data;
    replace(event.data);
    part.dataset.updates = Number(part.dataset.updates || 0) + 1;
  });
  source.addEventListener('over', event => {
    source.close();
    say(event.data, false);
  });
  source.addEventListener('error', () => say('Not live: the engine does not answer', false));
  addEventListener('pagehide', () => source.close());
}
