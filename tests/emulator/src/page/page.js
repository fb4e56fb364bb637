// The emulator's page.
//
// Labels, streams, origins and paths are whatever somebody sent. They go into text nodes and nowhere else: nothing here
// makes markup out of a text, and the page's policy would run none.

/** How long a question for newer entries waits, in seconds. */
const WAIT = 25;
/** How many entries are at hand; the emulator itself keeps as many. */
const MOST_ENTRIES = 1000;
/** How many of them are in the document. */
const MOST_ROWS = 200;
const MOST_VERDICTS = 50;
const MOST_USAGE_ROWS = 100;
const MOST_IN_A_LIST = 12;
const TOKENS_ON_A_PAGE = 10;
/** Between two questions for newer entries, in ms: what comes in a burst is shown together. */
const PAUSE = 250;
/** Between two attempts to reach an emulator that does not answer. */
const ATTEMPT = 1000;
/** What programs change without an entry in the journal shows after so long. */
const REFRESH = 5000;

const OPERATIONS = [
  'publish.create', 'publish.read', 'publish.list', 'publish.list_by_name', 'publish.list_by_cluster', 'publish.update',
  'publish.update_v1', 'publish.delete', 'publish.disable', 'publish.active', 'publish.active_all', 'publish.restream_sync',
  'subscribe.create', 'subscribe.read', 'subscribe.list', 'subscribe.list_by_name', 'subscribe.update', 'subscribe.update_v1',
  'subscribe.delete', 'clusters', 'analytics.total', 'analytics.series', 'analytics.streams_total', 'analytics.streams_series',
  'director.publish', 'director.subscribe', 'whip', 'whep',
];
const PATTERNS = ['publish.*', 'subscribe.*', 'analytics.*', 'director.*', '*.create', '*.update*', '*.delete'];

/** Faults by what they do: name, words, and the fields that go with it. */
const FAULTS = {
  'Instead of carrying it out': {
    'reset-before': ['The connection is reset.'],
    'close-before': ['The connection is closed.'],
    'silence': ['No answer comes.'],
    ...statuses([400, 401, 403, 404, 409, 429, 500, 502, 503, 504], '', (status) => `The answer is a ${status}.`),
  },
  'Carried out, but the answer is lost': {
    'reset-after': ['The connection is reset.'],
    'close-after': ['The connection is closed.'],
    'silence-after': ['No answer comes.'],
    ...statuses([408, 500, 502, 503, 504], '-after', (status) => `The answer is a ${status} all the same.`),
  },
  'The answer is spoilt': {
    'half-answer': ['The connection closes in the middle of the body.', 'bytes'],
    'half-head': ['The connection closes in the middle of the head.', 'bytes'],
    'length-too-long': ['The head announces more than there is.', 'bytes'],
    'length-too-short': ['The head announces less than there is.', 'bytes'],
    'html': ['The body is a web page, as a balancer sends it.'],
    'garbage': ['The answer is no HTTP.'],
    'informs': ['Answers of 1xx come first.'],
  },
  'Slow': {
    'slow': ['The answer is delayed.', 'ms'],
    'drip-head': ['The head comes byte by byte, with so long between them.', 'ms'],
    'drip-body': ['The body comes byte by byte, with so long between them.', 'ms'],
  },
  'Elsewhere': {
    '301': ['Moved permanently.', 'location'],
    '302': ['Found elsewhere.', 'location'],
    '303': ['See elsewhere.', 'location'],
    '307': ['Temporarily elsewhere; the method stays.', 'location'],
    '308': ['Permanently elsewhere; the method stays.', 'location'],
  },
  'Connections that are kept': {
    'close-idle': ['Closed after so long without a request.', 'ms'],
    'close-each': ['Closed after each answer, unannounced.'],
    'close-on-reuse': ['Closed when one is used again.'],
    'reset-on-reuse': ['Reset when one is used again.'],
  },
  // This page uses the same port, so these need an end.
  'Before there is a request': {
    'refuse': ['The port is closed for so long, to this page as well. Give it an end.', 'ms'],
    'tls-plain': ['The handshake is answered in plain text. Give it an end.'],
    'tls-close': ['The connection is closed during the handshake. Give it an end.'],
    'tls-silence': ['The handshake is not answered. Give it an end.'],
  },
};
const WITHOUT_OPERATION = ['refuse', 'tls-plain', 'tls-close', 'tls-silence'];
/** The fields that only some faults have. */
const FIELDS = ['ms', 'bytes', 'retryAfter', 'location'];

function statuses(codes, suffix, words) {
  return Object.fromEntries(codes.map((code) => [`${code}${suffix}`, [words(code), 'retryAfter']]));
}

const PRESETS = {
  'A create whose answer is lost': { fault: 'reset-after', operation: '*.create', count: 1 },
  'Too many requests, three times': { fault: '429', count: 3, retryAfter: 1 },
  'One request in ten fails': { fault: '503', probability: 0.1 },
  'The gateway gives up after the work was done': { fault: '504-after', count: 1 },
  'Half of an answer': { fault: 'half-answer', count: 1 },
  'A server that says nothing': { fault: 'silence' },
  'A slow line': { fault: 'slow', ms: 2000 },
  'A kept connection that has died': { fault: 'reset-on-reuse' },
  'The director is down': { fault: '503', operation: 'director.*' },
  'Down for five seconds': { fault: 'refuse', count: 1, ms: 5000 },
};

const $ = (id) => document.getElementById(id);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Words in place of others. The same ones stay: a screen reader reads out again what is put into some places. */
function put(id, words) {
  if ($(id).textContent !== words) $(id).textContent = words;
}

// ---- asking the emulator ----

class Problem extends Error {
  constructor(status, words) {
    super(words);
    this.status = status;
  }
}

/** The data of a success. Anything else is a `Problem` with words for people; without a status nothing answered. */
async function ask(path, { method = 'GET', body, patience = 10, signals = [] } = {}) {
  const headers = body === undefined ? {} : { 'Content-Type': 'application/json' };
  const signal = AbortSignal.any([AbortSignal.timeout(patience * 1000), ...signals]);
  const asked = { method, headers, body: JSON.stringify(body), cache: 'no-store', signal };
  let status, text;
  try {
    const response = await fetch(path, asked);
    status = response.status;
    text = await response.text();
  } catch {
    throw new Problem(0, 'The emulator does not answer.');
  }
  const answer = parsed(text);
  if (answer?.status === 'success') return answer.data;
  throw new Problem(status, refusalInWords(status, answer));
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refusalInWords(status, answer) {
  if (answer?.status === 'fail') return dataInWords(answer.data);
  if (answer?.status === 'error') return [answer.message, answer.data?.reason].filter(Boolean).join(': ');
  return `The emulator answered with ${status}, and with nothing that can be read here.`;
}

/** What a `fail` says of each field, in a line. */
function dataInWords(data) {
  if (data === null || typeof data !== 'object') return String(data);
  const fields = Object.entries(data.errors ?? data);
  const words = ([name, what]) => {
    const said = [what].flat().map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join(' ');
    return name === 'message' ? said : `${name}: ${said}`;
  };
  return fields.map(words).join(' ');
}

/** Shows what went wrong where it belongs, or that nothing did. */
function tell(place, problem) {
  $(`${place}-problem`).hidden = !problem;
  put(`${place}-problem`, problem ? problem.message : '');
}

/** Carries something out for the user. What is wrong with it stands in its panel until the next attempt there. */
async function carryOut(place, work) {
  tell(place);
  try {
    await work();
    return true;
  } catch (problem) {
    tell(place, problem);
    return false;
  }
}

/** A task that runs once at a time, and once more if it is asked for meanwhile. */
function coalesced(task) {
  let running, again;
  const run = async () => {
    try {
      do {
        again = false;
        await task();
      } while (again);
    } finally {
      running = undefined;
    }
  };
  return () => {
    again = true;
    return (running ??= run());
  };
}

// ---- making the document ----

/** An element. What is among the children and no element becomes text. */
function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(attribute, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** What somebody else wrote: its direction stays inside. */
function said(words, kind) {
  const element = make('bdi', { class: kind });
  element.textContent = words;
  return element;
}

const unseen = (words) => make('span', { class: 'unseen' }, words);
const mark = (words, kind) => make('span', { class: `mark ${kind}` }, words);

/** A cell that names its column where the columns stand one below the other. */
function cell(column, ...children) {
  const number = ['ms', 'Let in', 'In', 'Out'].includes(column);
  return make('td', { 'role': 'cell', 'data-column': column, 'class': number && 'number' }, make('div', {}, ...children));
}

/** `[name, value]` pairs, without those that have no value. */
function facts(pairs) {
  const shown = pairs.filter(([, value]) => value !== undefined && value !== null && value !== '');
  const items = shown.map(([name, value]) => make('div', {}, make('dt', {}, name), make('dd', {}, value)));
  return make('dl', { class: 'facts' }, ...items);
}

/** The first few of a list, and how many there are besides. */
function few(list, show) {
  const shown = list.slice(0, MOST_IN_A_LIST).map(show);
  const rest = list.length - shown.length;
  return rest > 0 ? [...shown, make('li', { class: 'quiet' }, `and ${rest} more`)] : shown;
}

/** The children of an element that stand for a list. What says the same as before stays, with its focus and selection. */
class Rows {
  constructor(parent, keyOf, build) {
    Object.assign(this, { parent, keyOf, build, rows: new Map() });
  }

  show(items) {
    const rows = new Map();
    for (const item of items) {
      const key = this.keyOf(item);
      const says = JSON.stringify(item);
      const before = this.rows.get(key);
      rows.set(key, before?.says === says ? before : { says, element: this.successor(before?.element, item) });
    }
    this.rows = rows;
    this.arrange([...rows.values()].map((row) => row.element));
  }

  /** A row in place of another takes over what was typed there. */
  successor(before, item) {
    const element = this.build(item);
    for (const input of before?.querySelectorAll('input[data-control]') ?? []) {
      const same = element.querySelector(`input[data-control="${CSS.escape(input.dataset.control)}"]`);
      if (same) same.value = input.value;
    }
    return element;
  }

  arrange(elements) {
    const focused = this.parent.contains(document.activeElement) ? document.activeElement : undefined;
    const wanted = new Set(elements);
    for (const child of [...this.parent.children]) {
      if (!wanted.has(child)) child.remove();
    }
    let place = this.parent.firstElementChild;
    for (const element of elements) {
      if (element === place) place = place.nextElementSibling;
      else this.parent.insertBefore(element, place);
    }
    if (focused && !focused.isConnected) this.focusInsteadOf(focused);
  }

  /** Whoever uses a keyboard goes on where they were. */
  focusInsteadOf(gone) {
    const control = gone.dataset.control;
    const same = control && this.parent.querySelector(`[data-control="${CSS.escape(control)}"]`);
    (same || this.parent.closest('section').querySelector('h2')).focus();
  }
}

function seconds(second) {
  const date = new Date(second * 1000);
  return Number.isNaN(date.getTime()) ? String(second) : date.toISOString().replace('T', ' ').replace(/\.\d+Z$/, '');
}

const timeOf = (text) => make('time', { datetime: text }, text.slice(11, 23));
const momentOf = (text) => make('time', { datetime: text }, `${text.slice(0, 10)} ${text.slice(11, 19)}`);
const grouped = (number) => number.toLocaleString('en');

function bytes(count) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];
  let unit = 0;
  let figure = count;
  for (; figure >= 1000 && unit < units.length - 1; unit += 1) figure /= 1000;
  return `${unit === 0 ? figure : figure.toFixed(1)} ${units[unit]}`;
}

// ---- the status line and the clock ----

let now = { at: 0, stands: true, told: 0 };

function setConnection(words, state) {
  put('connection', words);
  $('connection').dataset.state = state;
}

function showStatus(status) {
  put('version', status.version);
  $('status').replaceChildren(...facts([
    ['address', location.origin],
    ['account', status.accountId === null ? 'any' : said(status.accountId)],
    ['state', status.state ? 'kept in a file' : 'in memory, gone at its end'],
    ['journal', status.journal ? 'kept in a file' : `the last ${grouped(MOST_ENTRIES)}`],
    ['viewers get', status.onlyLive ? 'live streams only' : 'every stream'],
    ['requests', grouped(status.requests)],
  ]).children);
  put('publish-count', grouped(status.publishTokens));
  put('subscribe-count', grouped(status.subscribeTokens));
  showClock({ now: status.now, stands: status.clockStands });
}

function showClock(clock) {
  now = { at: clock.now, stands: clock.stands, told: Date.now() };
  put('clock-how', clock.stands ? 'stands still' : "goes with the system's");
  $('clock-how').classList.toggle('warn', clock.stands);
  $('clock-go').disabled = !clock.stands;
  const at = $('clock-at');
  if (at.value === '') at.value = seconds(clock.now).replace(' ', 'T');
  tick();
}

/** The emulator's time in seconds. */
const current = () => (now.stands ? now.at : now.at + Math.floor((Date.now() - now.told) / 1000));

function tick() {
  const words = seconds(current());
  $('clock-now').dateTime = `${words}Z`;
  put('clock-now', `${words} UTC`);
}

function setClock(body) {
  return carryOut('clock', async () => {
    showClock(await ask('/_emulator/clock', { method: 'POST', body }));
    refreshTokens();
  });
}

function setUpClock() {
  $('clock-stop').addEventListener('submit', (event) => {
    event.preventDefault();
    setClock({ now: Math.floor(Date.parse(`${$('clock-at').value}Z`) / 1000) });
  });
  $('clock-advance').addEventListener('submit', (event) => {
    event.preventDefault();
    setClock({ advance: Number($('clock-count').value) * Number($('clock-unit').value) });
  });
  for (const button of document.querySelectorAll('.advance')) {
    button.addEventListener('click', () => setClock({ advance: Number(button.value) }));
  }
  $('clock-go').addEventListener('click', () => setClock({ now: null }));
  setInterval(tick, 1000);
}

// ---- the journal and the verdicts ----

const journal = { entries: [], verdicts: [], last: 0, missed: 0, paused: undefined, note: '' };

/** Without a status nothing was answered, which only a fault brings about. */
const isRefused = (entry) => (entry.verdict ? entry.verdict === 'refused' : entry.status >= 400 && !entry.fault);

const journalRows = new Rows($('journal-list'), (entry) => entry.seq, journalRow);
const verdictRows = new Rows($('verdicts-list'), (entry) => entry.seq, verdictRow);

/** Takes in what is newer than the newest so far. What lies between was given up by the emulator. */
function takeIn(newer) {
  const entries = newer.entries.filter((entry) => entry.seq > journal.last);
  const first = entries[0]?.seq ?? newer.last + 1;
  journal.missed += Math.max(0, first - journal.last - 1);
  journal.last = Math.max(journal.last, newer.last);
  if (entries.length === 0) return;
  journal.note = '';
  journal.entries = [...journal.entries, ...entries].slice(-MOST_ENTRIES);
  journal.verdicts = [...journal.verdicts, ...entries.filter((entry) => entry.verdict)].slice(-MOST_ENTRIES);
  for (const { operation } of entries) offerOperation(operation);
}

function offerOperation(operation) {
  const choice = $('journal-operation');
  if (!operation || [...choice.options].some((option) => option.value === operation)) return;
  const after = [...choice.options].find((option) => option.value > operation);
  choice.insertBefore(make('option', { value: operation }, operation), after ?? null);
}

function forgetJournal() {
  Object.assign(journal, { entries: [], verdicts: [], last: 0, missed: 0 });
  journal.note = 'The emulator has started again, and its journal with it. ';
}

/** The newest first, and as many as there are rows. */
function newest(entries, most, shows) {
  const shown = [];
  for (let i = entries.length - 1; i >= 0 && shown.length < most; i -= 1) {
    if (shows(entries[i])) shown.push(entries[i]);
  }
  return shown;
}

function showJournal() {
  const text = $('journal-text').value.toLowerCase();
  const which = $('journal-which').value;
  const operation = $('journal-operation').value;
  const shows = (entry) =>
    (which !== 'refused' || isRefused(entry)) &&
    (which !== 'faulty' || entry.fault !== undefined) &&
    (operation === '' || entry.operation === operation) &&
    (text === '' || Object.values(entry).some((value) => searched(value).includes(text)));
  const shown = newest(journal.paused ?? journal.entries, MOST_ROWS, shows);
  journalRows.show(shown);
  const parts = [`${grouped(journal.last)} requests, ${grouped(shown.length)} shown.`];
  if (journal.missed > 0) parts.push(`${grouped(journal.missed)} missed: they were no longer at hand.`);
  if (journal.paused) parts.push(`Paused; ${grouped(journal.last - (journal.paused.at(-1)?.seq ?? 0))} newer ones wait.`);
  put('journal-summary', journal.note + parts.join(' '));
}

const searched = (value) => (typeof value === 'object' ? JSON.stringify(value) : String(value)).toLowerCase();

function journalRow(entry) {
  const path = entry.query === '' ? entry.path : `${entry.path}?${entry.query}`;
  return make('tr', { 'role': 'row', 'data-seq': entry.seq },
    cell('Time', timeOf(entry.time)),
    cell('Request', entry.operation && make('b', {}, entry.operation), ' ', make('span', { class: 'path' }, `${entry.method} `, said(path))),
    cell('Status', mark(String(entry.status ?? 'none'), entry.fault ? 'warn' : isRefused(entry) ? 'bad' : 'good')),
    cell('Says', ...remarks(entry)),
    cell('ms', entry.ms.toFixed(2)),
  );
}

function remarks(entry) {
  const shown = [];
  if (entry.fault !== undefined) shown.push(mark(`fault ${entry.fault}`, 'warn'), ' ');
  if (entry.verdict) shown.push(entry.rule ? make('code', {}, entry.rule) : entry.verdict, ' ');
  if (entry.stream !== undefined) shown.push(said(entry.stream), ' ');
  if (entry.refusal !== undefined) shown.push(said(dataInWords(entry.refusal)));
  return shown;
}

function showVerdicts() {
  const which = $('verdicts-which').value;
  const shown = newest(journal.verdicts, MOST_VERDICTS, (entry) => which === '' || entry.verdict === which);
  verdictRows.show(shown);
  $('verdicts-none').hidden = journal.verdicts.length > 0;
}

const ASKED = {
  'director.publish': 'to publish',
  'director.subscribe': 'to view',
  'whip': 'to publish by WHIP',
  'whep': 'to view by WHEP',
};

function verdictRow(entry) {
  const isAdmitted = entry.verdict === 'admitted';
  const why = isAdmitted ? 'let in' : said(entry.reason ?? 'no reason was given');
  const head = make('p', { class: 'why' },
    mark(entry.verdict, isAdmitted ? 'good' : 'bad'), ' ',
    entry.rule && make('code', {}, entry.rule), ' ',
    make('span', {}, why), ' ',
    entry.fault !== undefined ? mark(`fault ${entry.fault}`, 'warn') : undefined,
  );
  const asked = facts([
    ['asked', ASKED[entry.operation] ?? entry.operation],
    ['stream', entry.stream !== undefined ? said(entry.stream, 'stream') : undefined],
    ['origin', entry.origin !== undefined ? said(entry.origin) : 'none'],
    ['address', entry.address ?? 'unknown'],
    ['token', entry.tokenId === undefined ? undefined : String(entry.tokenId)],
    ['tracking id', entry.trackingId !== undefined ? said(entry.trackingId) : undefined],
    ['answer', [entry.status ?? 'none', entry.message].filter(Boolean).join(', ')],
  ]);
  return make('li', { 'class': isAdmitted ? 'admitted' : 'refused', 'data-seq': entry.seq }, timeOf(entry.time), make('div', {}, head, asked));
}

function setUpJournal() {
  for (const [id, event] of [['journal-text', 'input'], ['journal-which', 'change'], ['journal-operation', 'change']]) {
    $(id).addEventListener(event, showJournal);
  }
  $('verdicts-which').addEventListener('change', showVerdicts);
  $('journal-pause').addEventListener('click', () => {
    journal.paused = journal.paused ? undefined : journal.entries;
    $('journal-pause').setAttribute('aria-pressed', String(Boolean(journal.paused)));
    showJournal();
  });
}

/**
 * Learns where the journal is. An emulator that was started again counts from the beginning, so that a number alone does
 * not tell whether an entry is known.
 */
async function meet() {
  const all = await ask('/_emulator/journal?after=0&wait=0');
  const newest = journal.entries.at(-1);
  const isSame = (entry) => entry.seq === newest.seq && entry.time === newest.time && entry.peer === newest.peer;
  const goesOn = newest === undefined ? all.last >= journal.last : all.entries.some(isSame) || all.entries[0]?.seq > newest.seq;
  if (!goesOn) forgetJournal();
  takeIn(all);
}

/** Ends the question for newer entries that is under way. */
let question = new AbortController();

/** Follows the journal for as long as the page is there. */
async function follow() {
  let isKnown = false;
  for (;;) {
    await seen();
    try {
      if (isKnown) {
        question = new AbortController();
        const options = { patience: WAIT + 15, signals: [question.signal] };
        takeIn(await ask(`/_emulator/journal?after=${journal.last}&wait=${WAIT}`, options));
      } else {
        await meet();
        isKnown = true;
        faults.isServed = true;
      }
      tell('journal');
      setConnection('connected', 'good');
      showJournal();
      showVerdicts();
      refresh();
    } catch (problem) {
      isKnown = false;
      tell('journal', problem);
      setConnection(problem.status === 0 ? 'no answer, trying again' : 'refused', 'bad');
      await pause(ATTEMPT);
    }
    await pause(PAUSE);
  }
}

/** Comes when somebody looks at the page: a browser has few connections for all of its tabs. */
function seen() {
  if (!document.hidden) return undefined;
  return new Promise((resolve) => document.addEventListener('visibilitychange', resolve, { once: true }));
}

// ---- the tokens ----

const tokens = { page: 1 };
const tokenRows = new Rows($('tokens-list'), (token) => `${token.kind} ${token.id}`, tokenRow);

const kindOfTokens = () => document.querySelector('input[name=kind]:checked').value;

async function readTokens() {
  const kind = kindOfTokens();
  const name = $('tokens-name').value;
  const search = name === '' ? '' : `&name=${encodeURIComponent(name)}`;
  const page = `page=${tokens.page}&itemsOnPage=${TOKENS_ON_A_PAGE}&${$('tokens-sort').value}`;
  const found = await ask(`/_emulator/tokens?kind=${kind}&${page}${search}`);
  if (found.tokens.length === 0 && tokens.page > 1) {
    // What was on this page is gone.
    tokens.page -= 1;
    return readTokens();
  }
  const at = current() * 1000;
  tokenRows.show(found.tokens.map((token) => ({ ...token, kind, isExpired: token.expiresOn !== null && Date.parse(token.expiresOn) <= at })));
  const isLast = found.tokens.length < TOKENS_ON_A_PAGE || tokens.page * TOKENS_ON_A_PAGE >= found.total;
  $('tokens-back').disabled = tokens.page === 1;
  $('tokens-on').disabled = isLast;
  put('tokens-page', `Page ${grouped(tokens.page)}`);
  $('tokens-none').hidden = found.tokens.length > 0;
  put('tokens-none', name === '' ? `There is no ${kind} token.` : `No ${kind} token has this in its label or in the name of a stream.`);
}

const refreshTokens = coalesced(async () => {
  try {
    await readTokens();
  } catch (problem) {
    if (problem.status !== 0) tell('tokens', problem);
  }
});

function tokenRow(token) {
  const tracking = token.tracking?.trackingId;
  return make('tr', { 'role': 'row', 'data-token': token.id },
    cell('Token', said(token.label, 'label'), make('span', { class: 'quiet' }, `id ${token.id}`)),
    cell('Streams', streamsOf(token)),
    cell('State', stateOf(token), expiryOf(token), switchOf(token)),
    cell('Limits', facts([
      ['tracking id', tracking ? said(tracking) : undefined],
      ['viewers', token.subscribeRequiresAuth ? 'need a token' : undefined],
      ['origins', listed(token.allowedOrigins)],
      ['addresses', listed(token.allowedIpAddresses)],
      ['bound to', boundTo(token)],
      ['countries', listed(token.allowedCountries)],
      ['not from', listed(token.deniedCountries)],
      ['cluster', token.originCluster ? said(token.originCluster) : undefined],
    ])),
  );
}

function listed(entries) {
  return entries?.length ? make('ul', { class: 'inline' }, ...few(entries, (entry) => make('li', {}, said(entry)))) : undefined;
}

function boundTo(token) {
  if (!token.bindIpsOnUsage) return undefined;
  const count = make('span', {}, `${token.bound.length} of ${token.bindIpsOnUsage} `);
  const addresses = listed(token.bound);
  if (addresses) count.append(addresses);
  return count;
}

function stateOf(token) {
  if (!token.isActive) return mark('disabled', 'bad');
  return token.isExpired ? mark('expired', 'bad') : mark('active', 'good');
}

function expiryOf(token) {
  if (token.expiresOn === null) return make('span', { class: 'quiet' }, 'never expires');
  return make('span', { class: 'quiet' }, token.isExpired ? 'expired ' : 'until ', momentOf(token.expiresOn));
}

function switchOf(token) {
  const words = token.isActive ? 'Disable' : 'Enable';
  const button = make('button', { 'type': 'button', 'data-control': `switch ${token.id}` }, words, unseen(` the ${token.kind} token ${token.id}`));
  button.addEventListener('click', () => change(`/_emulator/token/${token.kind}/${token.id}`, { isActive: !token.isActive }));
  return button;
}

function change(path, body) {
  return carryOut('tokens', async () => {
    await ask(path, { method: 'POST', body });
    await refreshTokens();
  });
}

const isPattern = (stream) => stream.isRegex || stream.streamName === '.*';

function streamsOf(token) {
  const isPublish = token.kind === 'publish';
  const live = new Set(token.live ?? []);
  const named = token.streams.filter((stream) => !isPattern(stream)).map((stream) => stream.streamName);
  const rows = few(token.streams, (stream) => {
    const name = stream.streamName;
    if (isPattern(stream)) return make('li', {}, said(name, 'stream'), ' ', mark('regex', ''));
    return make('li', {}, said(name, 'stream'), ' ', ...(isPublish ? liveSwitch(token, name, live.has(name)) : []));
  });
  const others = [...live].filter((name) => !named.includes(name));
  rows.push(...few(others, (name) => make('li', {}, said(name, 'stream'), ' ', ...liveSwitch(token, name, true))));
  const list = make('ul', { class: 'streams' }, ...rows);
  return isPublish && token.streams.some(isPattern) ? make('div', {}, list, liveForm(token)) : list;
}

function liveSwitch(token, name, isLive) {
  const button = make('button', { 'type': 'button', 'class': 'small', 'data-control': `live ${token.id} ${name}` },
    isLive ? 'End' : 'Go live', unseen(' with '), make('span', { class: 'unseen' }, said(name)));
  button.addEventListener('click', () => declare(token, name, !isLive));
  return isLive ? [mark('live', 'live'), ' ', button] : [button];
}

/** A pattern has no name to go live with, so one is asked for. */
function liveForm(token) {
  const input = make('input', {
    'aria-label': `A stream to go live with under the token ${token.id}`, 'placeholder': 'a stream', 'required': true,
    'maxlength': 128, 'autocomplete': 'off', 'spellcheck': 'false', 'data-control': `name ${token.id}`,
  });
  const form = make('form', { class: 'live' }, input, make('button', { class: 'small' }, 'Go live'));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const name = input.value;
    input.value = '';
    if (!(await declare(token, name, true))) input.value = name;
  });
  return form;
}

const declare = (token, streamName, isLive) => change('/_emulator/publish', { tokenId: token.id, streamName, isLive });

function setUpTokens() {
  const begin = () => {
    tokens.page = 1;
    tell('tokens');
    refreshTokens();
  };
  $('tokens-name').addEventListener('input', begin);
  $('tokens-sort').addEventListener('change', begin);
  for (const kind of document.querySelectorAll('input[name=kind]')) kind.addEventListener('change', begin);
  for (const [id, step] of [['tokens-back', -1], ['tokens-on', 1]]) {
    $(id).addEventListener('click', () => {
      tokens.page = Math.max(1, tokens.page + step);
      refreshTokens();
    });
  }
}

// ---- usage ----

const usageRows = new Rows($('usage-list'), (row) => JSON.stringify([row.trackingId, row.streamName]), (row) =>
  make('tr', { role: 'row' },
    cell('Tracking id', row.trackingId === '' ? make('span', { class: 'quiet' }, 'nobody') : said(row.trackingId, 'label'), said(row.streamName, 'quiet')),
    cell('Let in', grouped(row.admissions)),
    cell('In', bytes(row.bytesIn)),
    cell('Out', bytes(row.bytesOut)),
  ));

async function readUsage() {
  const rows = await ask('/_emulator/usage');
  usageRows.show(rows.slice(0, MOST_USAGE_ROWS));
  $('usage-table').hidden = rows.length === 0;
  $('usage-none').hidden = rows.length > 0;
  $('usage-more').hidden = rows.length <= MOST_USAGE_ROWS;
  put('usage-more', `and ${grouped(rows.length - MOST_USAGE_ROWS)} more`);
}

// ---- faults ----

const faults = { isServed: true };
const faultRows = new Rows($('faults-list'), (rule) => rule.place, faultRow);
const choices = Object.assign({}, ...Object.values(FAULTS));

/** A rule as it was given, without what became of it. */
function ruleOf({ asked, done, place, ...rule }) {
  return Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== null));
}

async function readFaults() {
  if (!faults.isServed) return;
  try {
    showFaults(await ask('/_emulator/faults'));
    $('faults-add').hidden = false;
  } catch (problem) {
    if (problem.status !== 404) throw problem;
    // It stays so until there is another emulator at this address.
    faults.isServed = false;
    showFaults({ faults: [] });
    $('faults-add').hidden = true;
    put('faults-none', 'This emulator has no faults to switch: /_emulator/faults answers with 404.');
  }
}

function showFaults(answer) {
  faultRows.show(answer.faults.map((rule, place) => ({ ...rule, place })));
  $('faults-none').hidden = answer.faults.length > 0;
  put('faults-none', 'No fault is on.');
  $('faults-clear').hidden = answer.faults.length === 0;
}

function faultRow(rule) {
  const { fault, operation, probability, count, nth, ms, bytes: size, retryAfter, location: place } = ruleOf(rule);
  const limits = [
    probability !== undefined && probability !== 1 && `with probability ${probability}`,
    count !== undefined && `at most ${grouped(count)} times`,
    nth !== undefined && `only request ${grouped(nth)}`,
    ms !== undefined && `${grouped(ms)} ms`,
    size !== undefined && `${grouped(size)} bytes`,
    retryAfter !== undefined && `Retry-After ${retryAfter}`,
    place !== undefined && `to ${place}`,
  ].filter(Boolean);
  const button = make('button', { 'type': 'button', 'class': 'small', 'data-control': `remove ${rule.place}` }, 'Remove', unseen(` the fault ${fault}`));
  button.addEventListener('click', () => removeFault(rule));
  return make('li', {},
    make('div', {},
      mark(String(fault), 'warn'), ' ', make('code', {}, operation ?? 'every request'), ' ',
      said(limits.join(', '), 'quiet'),
      make('span', { class: 'quiet figures' }, `asked ${grouped(rule.asked ?? 0)}, done ${grouped(rule.done ?? 0)}`),
    ), button);
}

/** Replaces the rules by what a function makes of those that there are now. */
function changeFaults(changed) {
  return carryOut('faults', async () => {
    const before = await ask('/_emulator/faults');
    const body = { faults: changed(before.faults.map(ruleOf)) };
    // One that a script reads exactly: another would come back as another.
    if (Number.isSafeInteger(before.seed)) body.seed = before.seed;
    await ask('/_emulator/faults', { method: 'POST', body });
    await refreshFaults();
  });
}

function removeFault(rule) {
  const gone = JSON.stringify(ruleOf(rule));
  return changeFaults((rules) => {
    const place = rules.findIndex((other) => JSON.stringify(other) === gone);
    return rules.filter((_, index) => index !== place);
  });
}

/** The rule that is in the form; what is empty or does not go with the fault is left out. */
function ruleInForm() {
  const rule = { fault: $('fault').value };
  for (const name of ['operation', 'probability', 'count', 'nth', ...FIELDS]) {
    const input = $(`fault-${name}`);
    if (input.value !== '' && !input.parentElement.hidden) rule[name] = input.type === 'number' ? Number(input.value) : input.value;
  }
  return rule;
}

function fillForm(rule) {
  $('fault').value = rule.fault;
  for (const name of ['operation', 'probability', 'count', 'nth', ...FIELDS]) {
    $(`fault-${name}`).value = rule[name] ?? '';
  }
  showFieldsOfFault();
}

function showFieldsOfFault() {
  const [words, ...fields] = choices[$('fault').value];
  put('fault-words', words);
  for (const name of FIELDS) $(`fault-${name}`).parentElement.hidden = !fields.includes(name);
  $('fault-operation').parentElement.hidden = WITHOUT_OPERATION.includes($('fault').value);
  $('fault-location').required = fields.includes('location');
}

function setUpFaults() {
  for (const [group, members] of Object.entries(FAULTS)) {
    // An object has its whole numbers first; the names follow them.
    const options = Object.keys(members).map((name) => make('option', { value: name }, name));
    $('fault').append(make('optgroup', { label: group }, ...options));
  }
  $('operations').append(...[...PATTERNS, ...OPERATIONS].map((name) => make('option', { value: name })));
  $('faults-preset').append(...Object.keys(PRESETS).map((name) => make('option', { value: name }, name)));
  $('faults-preset').addEventListener('change', () => {
    const preset = PRESETS[$('faults-preset').value];
    if (preset) fillForm(preset);
  });
  $('fault').addEventListener('change', showFieldsOfFault);
  $('faults-add').addEventListener('submit', (event) => {
    event.preventDefault();
    const rule = ruleInForm();
    changeFaults((rules) => [...rules, rule]);
  });
  $('faults-clear').addEventListener('click', () => carryOut('faults', async () => {
    await ask('/_emulator/faults', { method: 'DELETE' });
    await refreshFaults();
    $('faults-title').focus();
  }));
  fillForm({ fault: '503' });
}

// ---- all of it ----

/** A panel is read again; what is wrong with that stands in it, unless nothing answers at all: the top says so. */
function refreshed(place, read) {
  let isTold = false;
  return coalesced(async () => {
    try {
      await read();
      if (isTold) tell(place);
      isTold = false;
    } catch (problem) {
      if (problem.status === 0) return;
      tell(place, problem);
      isTold = true;
    }
  });
}

const refreshStatus = refreshed('clock', async () => {
  const { last } = journal;
  const status = await ask('/_emulator/status');
  // Another run than the one that the question was put to, which counts from the beginning.
  if (status.requests < last) question.abort();
  showStatus(status);
});
const refreshUsage = refreshed('usage', readUsage);
const refreshFaults = refreshed('faults', readFaults);

function refresh() {
  refreshStatus();
  refreshTokens();
  refreshUsage();
  refreshFaults();
}

setUpClock();
setUpJournal();
setUpTokens();
setUpFaults();
showJournal();
setInterval(() => document.hidden || $('connection').dataset.state === 'bad' || refresh(), REFRESH);
follow();
