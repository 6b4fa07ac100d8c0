/** What the reviewer said so far, kept by the browser so that it survives a reload. */
export const KEPT = `
const sheet = JSON.parse(document.getElementById('sheet').textContent);
const place = 'sluice-review/' + sheet.sample;
let keeps = true;
let reviewer = '';
let ratings = {};

function keep(name, value) {
  try { localStorage.setItem(name, value); } catch { keeps = false; }
}
function kept(name) {
  try { return localStorage.getItem(name); } catch { keeps = false; return null; }
}
function openReviewer(name) {
  reviewer = name;
  keep(place, name);
  const before = kept(place + '/' + name);
  ratings = before ? JSON.parse(before) : {};
}
function closeReviewer() {
  reviewer = '';
  ratings = {};
  keep(place, '');
}
function change(card, values) {
  ratings[card] = { ...ratings[card], ...values, at: new Date().toISOString() };
  keep(place + '/' + reviewer, JSON.stringify(ratings));
}
const wordOf = (card) => (ratings[card.id] && ratings[card.id].rating) || '';
const rated = () => sheet.cards.filter((card) => wordOf(card) !== '').length;
`.trim();
