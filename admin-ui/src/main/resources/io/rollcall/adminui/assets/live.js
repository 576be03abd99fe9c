// Keeps a page up to date. The stream only signals a change; the page then fetches its own address through htmx,
// so filters in the address keep working and the server renders everything.
const content = document.getElementById('content');
const pill = document.getElementById('live');
const stateText = document.getElementById('live-state');
const revisionText = document.getElementById('live-revision');
const pause = document.getElementById('pause');

const RETRY_MS = 5_000;
let source;
let paused = false;
let fetching = false;
let wanted = false; // a signal came while it could not be followed
let lost; // since when the stream is gone

const clock = (date) => date.toLocaleTimeString('en-GB', { hour12: false });
const shown = () => content.querySelector('[data-revision]')?.dataset;

function show(state, text) {
  pill.dataset.state = state;
  document.body.dataset.live = state;
  if (stateText.textContent !== text) stateText.textContent = text;
}

function showState() {
  if (lost) show('lost', `Disconnected since ${clock(lost)}`);
  else if (paused) show('paused', 'Paused');
  else if (selecting()) show('held', 'Held while you select');
  else show('live', 'Live');
}

// Replacing the content would drop a text selection.
function selecting() {
  const selection = getSelection();
  return !selection.isCollapsed && content.contains(selection.anchorNode);
}

async function refresh() {
  wanted = true;
  showState();
  if (fetching || paused || selecting()) return;
  fetching = true;
  wanted = false;
  try {
    await htmx.ajax('GET', location.pathname + location.search, { target: content, swap: 'innerHTML' });
  } catch {
    // The gateway does not answer: the stream's error handler shows it, and the last data stays.
  } finally {
    fetching = false;
  }
  if (wanted) refresh();
}

function connect() {
  source = new EventSource(content.dataset.events);
  source.addEventListener('hello', (event) => {
    const back = lost;
    lost = undefined;
    showState();
    // The first event shows whether something changed since rendering.
    if (back || String(JSON.parse(event.data).revision) !== shown()?.revision) refresh();
  });
  source.addEventListener('changed', refresh);
  source.addEventListener('age', refresh);
  source.addEventListener('error', () => {
    const refused = source.readyState === EventSource.CLOSED;
    const first = !lost;
    lost ??= new Date();
    showState();
    // After the session's end, fetching the page leads to the sign-in page.
    if (first || refused) refresh();
    // The browser reconnects by itself after a broken connection, but not after a refusal.
    if (refused) setTimeout(connect, RETRY_MS);
  });
}

document.body.addEventListener('htmx:afterSwap', (event) => {
  if (event.detail.target !== content) return;
  const data = shown();
  if (data) revisionText.textContent = data.revisionText;
});
// Gone or refused: the whole page shows the error.
document.body.addEventListener('htmx:responseError', (event) => {
  if (event.detail.xhr.status === 404) location.reload();
});
document.addEventListener('selectionchange', () => {
  showState();
  if (wanted && !selecting()) refresh();
});
pause.addEventListener('click', () => {
  paused = !paused;
  pause.setAttribute('aria-pressed', String(paused));
  pause.textContent = paused ? 'Resume' : 'Pause';
  showState();
  if (!paused) refresh();
});
addEventListener('pagehide', () => source.close());
addEventListener('pageshow', (event) => {
  if (event.persisted) {
    connect();
    refresh();
  }
});

pause.hidden = false;
connect();
