/** What is seen, and the keys. */
export const VIEW = `
const FORMS = {
  pairs: { asks: 'Which answer is better?', choices: [['A', 'A is better', 'ArrowLeft', '\u2190'], ['tie', 'No difference', ' ', 'Space'], ['B', 'B is better', 'ArrowRight', '\u2192']] },
  acceptable: { asks: 'Is this answer acceptable?', choices: [['no', 'Not acceptable', 'ArrowLeft', '\u2190'], ['yes', 'Acceptable', 'ArrowRight', '\u2192']] },
  scale: { asks: 'How good is this answer?', choices: [['1', 'Very poor', '1', '1'], ['2', 'Poor', '2', '2'], ['3', 'Fair', '3', '3'], ['4', 'Good', '4', '4'], ['5', 'Very good', '5', '5']] },
};
const form = FORMS[sheet.form];
const $ = (id) => document.getElementById(id);
let at = 0;

function element(name, options, ...inside) {
  const made = Object.assign(document.createElement(name), options);
  made.append(...inside);
  return made;
}
function textBlock(title, text, kind) {
  const body = text === '' ? element('p', { className: 'text empty', textContent: '(empty)' }) : element('p', { className: 'text', textContent: text, dir: 'auto' });
  return element('section', { className: kind }, element('h3', { textContent: title }), body);
}
function say(text) { $('said').textContent = text; }
function only(view) {
  for (const name of ['start', 'rate', 'done']) $(name).hidden = name !== view;
  $('choose').hidden = view !== 'rate';
  $('progress').hidden = view === 'start';
  $('warning').hidden = keeps;
  $('bar').value = rated();
  $('count').textContent = rated() + ' of ' + sheet.cards.length + ' rated' + (reviewer ? ' by ' + reviewer : '');
  scrollTo(0, 0);
}
function showStart() {
  only('start');
  $('name').value = '';
  $('name').focus();
}
function showCard(index) {
  at = (index + sheet.cards.length) % sheet.cards.length;
  const card = sheet.cards[at];
  const article = $('card');
  article.setAttribute('aria-label', 'Item ' + (at + 1) + ' of ' + sheet.cards.length);
  const answers = card.answers.map((answer, i) => textBlock(card.answers.length > 1 ? 'Answer ' + 'AB'[i] : 'Answer', answer, 'answer'));
  article.replaceChildren(
    element('h2', { textContent: 'Item ' + (at + 1) + ' of ' + sheet.cards.length }),
    textBlock('Question', card.input, 'input'),
    ...(card.reference === '' ? [] : [textBlock('Reference answer', card.reference, 'reference')]),
    element('div', { className: 'answers' }, ...answers),
  );
  $('comment').value = (ratings[card.id] && ratings[card.id].comment) || '';
  only('rate');
  mark();
  article.focus();
}
function mark() {
  const word = wordOf(sheet.cards[at]);
  for (const button of $('choices').children) button.setAttribute('aria-pressed', String(button.value === word));
  const answers = document.querySelectorAll('.answer');
  if (answers.length > 1) answers.forEach((answer, i) => answer.classList.toggle('chosen', word === 'AB'[i]));
}
function showDone() {
  const left = sheet.cards.length - rated();
  only('done');
  $('summary').textContent = left === 0 ? 'All ' + sheet.cards.length + ' items are rated. Thank you.' : left + ' of ' + sheet.cards.length + ' items are not rated yet.';
  $('summary').className = left === 0 ? 'done' : 'warning';
  (left === 0 ? $('csv') : $('back')).focus();
}
function rate(word) {
  const card = sheet.cards[at];
  change(card.id, { rating: word });
  mark();
  const order = sheet.cards.map((_, i) => (at + 1 + i) % sheet.cards.length);
  const next = order.find((i) => wordOf(sheet.cards[i]) === '');
  say('Rated ' + form.choices.find((choice) => choice[0] === word)[1]);
  if (next === undefined) showDone();
  else showCard(next);
}
function firstUnrated() { return Math.max(0, sheet.cards.findIndex((card) => wordOf(card) === '')); }
function begin() { if (rated() === sheet.cards.length) showDone(); else showCard(firstUnrated()); }

document.title = sheet.title;
$('title').textContent = sheet.title;
$('asks').textContent = form.asks;
$('bar').max = sheet.cards.length;
for (const [word, label, , sign] of form.choices) {
  const button = element('button', { type: 'button', value: word, onclick: () => rate(word) }, label, element('kbd', { textContent: sign, ariaHidden: 'true' }));
  $('choices').append(button);
}
$('start').addEventListener('submit', (event) => {
  event.preventDefault();
  const name = $('name').value.trim();
  if (name !== '') { openReviewer(name); begin(); }
});
$('comment').addEventListener('input', () => change(sheet.cards[at].id, { comment: $('comment').value }));
$('before').addEventListener('click', () => showCard(at - 1));
$('after').addEventListener('click', () => showCard(at + 1));
$('finish').addEventListener('click', showDone);
$('back').addEventListener('click', () => showCard(firstUnrated()));
$('csv').addEventListener('click', () => download('csv'));
$('json').addEventListener('click', () => download('json'));
$('other').addEventListener('click', () => { closeReviewer(); showStart(); });
addEventListener('beforeunload', (event) => { if (!keeps && rated() > 0) event.preventDefault(); });
addEventListener('keydown', (event) => {
  if ($('rate').hidden || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const typing = event.target.matches('textarea, input');
  if (typing && event.key !== 'Escape') return;
  const choice = form.choices.find((one) => one[2] === event.key);
  const acts = { Escape: () => $('card').focus(), c: () => $('comment').focus(), p: () => showCard(at - 1), n: () => showCard(at + 1), e: showDone };
  // a space on a button that has the focus presses that button
  if (choice && !(event.key === ' ' && event.target.matches('button'))) { event.preventDefault(); rate(choice[0]); }
  else if (acts[event.key]) { event.preventDefault(); acts[event.key](); }
});
const last = kept(place);
if (last) { openReviewer(last); begin(); } else showStart();
`.trim();
