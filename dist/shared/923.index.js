export const id=923;export const ids=[923];export const modules={86894:((e,t,n)=>{n.d(t,{T:()=>a});var r=n(14392),i=n(72667);function a(e,t){let n={},a=[];for(let o=0;o<e.length;o++){let s=e[o],[,c,l]=/^--([^=]+)(?:=(.*))?$/s.exec(s)??[];if(c===void 0){a.push(s);continue}let u=t[c];if(!u){let e=(0,r.p)(c,Object.keys(t)),n=Object.keys(t).map(e=>`--${e}`);throw new i.yo(`unknown option --${c}${e?`: did you mean --${e}?`:``} (allowed: ${n.join(`, `)})`)}if(u.alone)n[c]=`true`;else if(l!==void 0)n[c]=l;else if(e[o+1]===void 0)throw new i.yo(`--${c} needs a value: ${u.description}`);else n[c]=e[++o]}return{options:n,words:a}}}),80805:((e,t,n)=>{n.d(t,{M:()=>p});var r=n(51455),i=n(48161),a=n(76760),o=n(96628),s=n(72667),c=n(17796),l=n(91696),u=n(69936),d=n(7979),f=n(96873);async function p(e,t,n,i){let o=(0,a.resolve)(i.cwd,t),s=await(0,r.access)(o.replace(/#[^#]*$/,``)).then(()=>!0,()=>!1)?void 0:m(t);return{...s?await h(e,s,i):await(0,c.x)(o,n),source:t}}function m(e){try{return o.Vz.parse(e)}catch{return}}async function h(e,t,{env:n,cwd:o}){let c=await(0,u.C)({trackingUri:n.MLFLOW_TRACKING_URI,workspace:o,env:n}),p=await(0,d.Fc)(c,t),m=p[0];if(m===void 0||p.length>1)throw new s.yo(`--${e}: '${t}' is no file here, and the store holds ${p.length} sets of results of such a run; give a file or folder`);let h=await(0,r.mkdtemp)((0,a.join)((0,i.tmpdir)(),`sluice-review-`));try{let e=(0,a.join)(h,`results.jsonl.gz`);return await c.getFile(f.HP.results(t,m),e),await(0,l.WY)(e,m)}finally{await(0,r.rm)(h,{recursive:!0})}}}),30923:((e,t,n)=>{n.r(t),n.d(t,{review:()=>$});var r=n(72667),i=n(64758),a=n(77598),o=n(51455),s=n(76760),c=n(70626),l=n(84572),u=n(10961),d=n(61656),f=n(96628),p=n(24731);function m(e,t,n){let r=(0,a.createHash)(`sha256`).update((0,p.dj)({form:t,cards:n})).digest(`hex`);return{title:e,form:t,sample:f.br.parse(`sha256:${r}`),cards:n}}class h{secret;constructor(e){if(e.length<16)throw RangeError(`a secret of 16 bytes at least is needed`);this.secret=e}token(...e){return(0,a.createHmac)(`sha256`,this.secret).update(JSON.stringify(e)).digest(`hex`)}coin(...e){return Number.parseInt(this.token(`side`,...e).slice(0,2),16)%2==1}}function g(e,t,n){let i=new Map;for(let r of e.tasks){let{items:a}=r;if(!a)continue;let o=t?.tasks.find(e=>e.name===r.name);for(let s=0;s<a.size;s++){let c=o?.items?o.items.keys.findRow(a.keys,s):-1;if(t&&c<0)continue;let l={task:r,row:s,other:o&&t?{task:o,row:c}:null},u=_(e,r,s,n),d=i.get(u);d?d.push(l):i.set(u,[l])}}if(i.size===0)throw new r.yo(t?`no item of ${e.source} is in ${t.source}, so there is nothing to compare`:`${e.source} holds averages only, no items that people could judge`);return new Map([...i].sort(([e],[t])=>e<t?-1:1))}function _({source:e},t,n,i){if(i.by===`task`)return t.name;let a=t.items?.slices.get(i.slice);if(!a)throw new r.yo(`${e}: the items of ${t.name} have no column "${i.slice}"`);return a.labels[a.code(n)]??``}function v(e,t){let n=e.reduce((e,t)=>e+t,0),r=Math.min(t,n),i=e.map(()=>1);for(let t=r-e.length;t>0;t--){let t=-1,a=-1/0;for(let[o,s]of e.entries()){let e=r*s/n-i[o];i[o]<s&&e>a&&(a=e,t=o)}i[t]=i[t]+1}return i}async function y(e,t,n){let{form:i,samples:a,seed:o}=n;if(i===`pairs`&&!t)throw new r.yo(`pairs need a baseline to compare with; give one, or ask form acceptable or scale`);let s=g(e,t,n.stratify);if(s.size>a)throw new r.yo(`${s.size} strata and ${a} samples: each stratum needs one at least; draw more, or stratify by something coarser`);let l=c.W.fromSeed(o),f=v([...s.values()].map(e=>e.length),a),p=[];for(let[n,[r,i]]of[...s].entries())p.push(...await b(i,r,f[n],l,{candidate:e,baseline:t}));if(p.length===0)throw new r.yo(`${e.source}${t?` or ${t.source}`:``} holds scores but no answers, so there is nothing to read; give the files that the evaluator wrote`);let _=new h(n.secret),y=p.flatMap((e,t)=>x(e,t,i,_)).sort((e,t)=>_.token(`order`,e.id)<_.token(`order`,t.id)?-1:1);if(y.length===0)throw new r.yo(`all ${p.length} answers that were drawn are the same in both versions: there is nothing to compare`);let S=m(n.title,i,y.map(({id:e,input:t,reference:n,answers:r})=>({id:e,input:t,reference:n,answers:r}))),C=async e=>({source:e.source,answers:await(0,u.SK)(e)});return{sheet:S,key:{sluice:d.S,form:i,sample:S.sample,seed:o,candidate:await C(e),baseline:t&&await C(t),strata:[...s].map(([e,t])=>({name:e,items:t.length,drawn:p.filter(t=>t.stratum===e).length})),items:p.map(({item:e,stratum:t,mine:n,theirs:r})=>({task:e.task.name,key:e.task.items?.keys.key(e.row),stratum:t,identical:r!==null&&n.answer===r.answer,answers:{candidate:(0,u.dx)(n.answer),baseline:r&&(0,u.dx)(r.answer)}})),cards:y.map(({id:e,item:t,shows:n})=>({id:e,item:t,shows:n}))}}}async function b(e,t,n,r,{candidate:i,baseline:a}){let o=[];for(let s of(0,l.dL)(r,e.length)){if(o.length===n)break;let r=e[s],[c]=await i.texts(r.task,[r.row]),[l]=r.other&&a?await a.texts(r.other.task,[r.other.row]):[];c&&(l||!a)&&o.push({item:r,stratum:t,mine:c,theirs:l??null})}return o}function x({item:e,mine:t,theirs:n},r,i,a){let o=[e.task.name,e.task.items?.keys.key(e.row)],s=(e,n)=>({id:a.token(`card`,...o,...e).slice(0,12),input:t.input,reference:t.target,answers:n,item:r,shows:e});if(!n)return[s([`candidate`],[t.answer])];let c=t.answer===n.answer;return i===`pairs`?c?[]:a.coin(...o)?[s([`baseline`,`candidate`],[n.answer,t.answer])]:[s([`candidate`,`baseline`],[t.answer,n.answer])]:c?[s([`candidate`,`baseline`],[t.answer])]:[s([`candidate`],[t.answer]),s([`baseline`],[n.answer])]}let S=`(() => {
'use strict';
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
const harmless = (text) => (/^[=+\\-@\\t\\r]/.test(text) ? "'" + text : text);
const field = (text) => (/[",\\r\\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text);
function rows() {
  return sheet.cards.flatMap((card) => {
    const said = ratings[card.id];
    return said && said.rating ? [{ card: card.id, rating: said.rating, comment: said.comment || '', rated_at: said.at }] : [];
  });
}
function asCsv() {
  const lines = rows().map((row) => [sheet.sample, row.card, row.rating, harmless(row.comment), harmless(reviewer), row.rated_at]);
  return '\\ufeff' + [['sample', 'card', 'rating', 'comment', 'reviewer', 'rated_at'], ...lines].map((line) => line.map(field).join(',') + '\\r\\n').join('');
}
function asJson() {
  return JSON.stringify({ sluice: 'review-ratings/1', sample: sheet.sample, form: sheet.form, reviewer, ratings: rows() }, null, 1) + '\\n';
}
function download(kind) {
  const [text, type] = kind === 'csv' ? [asCsv(), 'text/csv;charset=utf-8'] : [asJson(), 'application/json'];
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = 'ratings-' + (reviewer.replace(/[^\\p{L}\\p{N}]+/gu, '-').replace(/^-|-$/g, '') || 'reviewer') + '.' + kind;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
const FORMS = {
  pairs: { asks: 'Which answer is better?', choices: [['A', 'A is better', 'ArrowLeft', '←'], ['tie', 'No difference', ' ', 'Space'], ['B', 'B is better', 'ArrowRight', '→']] },
  acceptable: { asks: 'Is this answer acceptable?', choices: [['no', 'Not acceptable', 'ArrowLeft', '←'], ['yes', 'Acceptable', 'ArrowRight', '→']] },
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
})();`,C=`:root { color-scheme: light dark; --text: #1f2328; --soft: #59636e; --line: #d1d9e0; --back: #fff; --panel: #f6f8fa; --accent: #0969da;
  --on-accent: #fff; --chosen: #ddf4ff; --good: #1a7f37; --bad: #cf222e; }
@media (prefers-color-scheme: dark) { :root { --text: #f0f6fc; --soft: #9198a1; --line: #3d444d; --back: #0d1117; --panel: #151b23;
  --accent: #4493f8; --on-accent: #0d1117; --chosen: #12243d; --good: #3fb950; --bad: #f85149; } }
* { box-sizing: border-box; } [hidden] { display: none !important; }
body { margin: 0; background: var(--back); color: var(--text); overflow-wrap: anywhere;
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
header, main, footer > div { max-width: 72rem; margin: 0 auto; padding: 0 1.25rem; }
header { display: flex; flex-wrap: wrap; align-items: center; gap: .4rem 1.25rem; padding-top: .9rem; padding-bottom: .9rem; }
header h1 { font-size: 1.05rem; margin: 0; flex: 1 1 12rem; }
header progress { flex: 0 1 14rem; height: .6rem; accent-color: var(--accent); }
#count { color: var(--soft); font-variant-numeric: tabular-nums; font-size: .92rem; }
.bar { border-bottom: 1px solid var(--line); background: var(--panel); }
main { padding-top: 1.5rem; padding-bottom: 12rem; }
.narrow { max-width: 34rem; margin: 8vh auto 0; }
h2 { font-size: 1.25rem; margin: 0 0 .75rem; } h3 { font-size: .82rem; margin: 0 0 .35rem; color: var(--soft); font-weight: 600; letter-spacing: .02em; }
article { border-radius: .2rem; }
.text { white-space: pre-wrap; margin: 0; }
.input { border-left: .3rem solid var(--accent); background: var(--panel); padding: .8rem 1rem; border-radius: .3rem; margin-bottom: 1rem; }
.reference { border-left: .3rem solid var(--line); padding: .2rem 1rem; margin-bottom: 1rem; }
.answers { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); align-items: start; }
.answer { border: 1px solid var(--line); border-radius: .5rem; padding: .8rem 1rem; min-height: 6rem; }
.answer.chosen { border-color: var(--accent); background: var(--chosen); box-shadow: 0 0 0 1px var(--accent); }
.empty { color: var(--soft); font-style: italic; }
footer { position: fixed; inset: auto 0 0 0; background: var(--panel); border-top: 1px solid var(--line); }
footer > div { padding-top: .7rem; padding-bottom: .8rem; }
#asks { margin: 0 0 .5rem; font-weight: 600; font-size: 1.02rem; } .hint { color: var(--soft); font-size: .85rem; }
.choices { display: grid; grid-auto-flow: column; grid-auto-columns: 1fr; gap: .6rem; }
button { font: inherit; color: var(--text); background: var(--back); border: 1px solid var(--line); border-radius: .4rem; padding: .5rem .9rem; cursor: pointer; }
button:hover { border-color: var(--accent); }
button[aria-pressed="true"] { background: var(--chosen); border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); font-weight: 600; }
button.first kbd { background: none; border-color: currentcolor; color: inherit; }
button.first { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; }
kbd { font: .8em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; border: 1px solid var(--line); border-bottom-width: 2px; border-radius: .25rem;
  padding: .05em .4em; background: var(--back); color: var(--soft); margin-left: .35em; white-space: nowrap; }
.row { display: flex; gap: .6rem; margin-top: .6rem; align-items: stretch; } .row textarea { flex: 1; }
.buttons { display: flex; flex-wrap: wrap; gap: .6rem; margin-top: 1rem; }
textarea, input { font: inherit; color: var(--text); background: var(--back); border: 1px solid var(--line); border-radius: .4rem; padding: .45rem .7rem; width: 100%; min-width: 0; }
textarea { resize: vertical; height: 2.6rem; min-height: 2.6rem; }
label { display: block; font-weight: 600; margin-bottom: .3rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
article:focus-visible { outline-width: 1px; outline-offset: .6rem; }
.warning { color: var(--bad); } .done { color: var(--good); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 40rem) { body { font-size: 15px; } main { padding-bottom: 16rem; } .choices { gap: .4rem; } .choices button { padding: .5rem .3rem; }
  .choices kbd { display: block; margin: .2rem auto 0; width: max-content; } .row button { padding: .4rem .3rem; } .row { flex-wrap: wrap; } .row textarea { flex-basis: 100%; } .row button { flex: 1; } .answer { min-height: 0; } }`;function w(e){return`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src '${T(S)}'; style-src '${T(C)}'; base-uri 'none'; form-action 'none'">
<title>Review</title>
<style>${C}</style>
</head>
<body>
<div class="bar"><header><h1 id="title"></h1><span id="progress" hidden><progress id="bar" aria-label="Rated items"></progress> <span id="count"></span></span></header></div>
<main>
<noscript><p class="warning">This form needs JavaScript. Without it, fill in the column rating of review.csv.</p></noscript>
<p id="warning" class="warning" hidden>This browser keeps nothing between visits: download your ratings before you close this page.</p>
<form id="start" class="narrow" hidden>
<h2>Who rates?</h2>
<label for="name">Your name</label>
<input id="name" required autocomplete="name" maxlength="80" aria-describedby="why">
<p id="why" class="hint">It stands beside your ratings. You are not told which version of the model wrote which answer; please judge the answers alone, and without talking to other reviewers.</p>
<div class="buttons"><button class="first">Begin<kbd aria-hidden="true">Enter</kbd></button></div>
</form>
<div id="rate" hidden><article id="card" tabindex="-1"></article></div>
<section id="done" class="narrow" hidden aria-labelledby="summary">
<h2 id="summary"></h2>
<p>Download your ratings and hand the file back. They stay in this browser too, so nothing is lost if you close the page.</p>
<div class="buttons"><button type="button" id="csv" class="first">Download CSV</button><button type="button" id="json">Download JSON</button></div>
<div class="buttons"><button type="button" id="back">Back to the items</button><button type="button" id="other">Someone else rates</button></div>
</section>
</main>
<footer id="choose" hidden><div>
<p id="asks"></p>
<div id="choices" class="choices" role="group" aria-labelledby="asks"></div>
<div class="row"><textarea id="comment" rows="1" aria-label="Comment, if there is something to say" placeholder="Comment, if any: c to write, Esc to leave" aria-keyshortcuts="c"></textarea>
<button type="button" id="before" aria-keyshortcuts="p">Previous<kbd aria-hidden="true">p</kbd></button><button type="button" id="after" aria-keyshortcuts="n">Next<kbd aria-hidden="true">n</kbd></button><button type="button" id="finish" aria-keyshortcuts="e">Export<kbd aria-hidden="true">e</kbd></button></div>
</div></footer>
<p id="said" class="unseen" aria-live="polite"></p>
<script type="application/json" id="sheet">${E(e)}<\/script>
<script>${S}<\/script>
</body>
</html>
`}function T(e){return`sha256-${(0,a.createHash)(`sha256`).update(e).digest(`base64`)}`}function E(e){return JSON.stringify(e).replaceAll(`<`,`\\u003c`).replaceAll(`\u2028`,`\\u2028`).replaceAll(`\u2029`,`\\u2029`)}function D({form:e,sample:t,cards:n}){return`\ufeff${[[`sample`,`card`,`input`,`reference`,...e===`pairs`?[`answer_a`,`answer_b`]:[`answer`],`rating`,`comment`,`reviewer`],...n.map(e=>[t,e.id,...[e.input,e.reference,...e.answers].map(O),``,``,``])].map(e=>`${e.map(k).join(`,`)}\r\n`).join(``)}`}function O(e){return/^[=+\-@\t\r]/.test(e)?`'${e}`:e}function k(e){return/[",\r\n]/.test(e)?`"${e.replaceAll(`"`,`""`)}"`:e}var A=n(84429),j=n(86894),M=n(60488);async function N(e,t){if(e===void 0)return;let n=await(0,o.readFile)((0,s.resolve)(t.cwd,e),`utf8`).catch(t=>{throw new r.yo(`--gates: ${e} cannot be read (${(0,r.bD)(t)})`)});return(0,M.D6)(n,e)}var P=n(80805);let F={candidate:{description:`The candidate's results: a file or folder that an evaluation wrote, or the run that an eval-gate judged.`},baseline:{description:`The live version's results: the same. Its answers are then judged too.`},out:{description:`Folder for the form, the sheet and the key.`},form:{description:`acceptable (yes or no, one answer at a time; the default), scale (1 to 5), or pairs (which of two is better).`},samples:{description:`Items to draw. Default: what the gates ask for, else 50.`},stratify:{description:`task (the default), or slice:<column>: each gets its share of the samples.`},seed:{description:`Whole number that fixes which items are drawn; printed. Default: random.`},gates:{description:"The gates file, for its `review` (samples) and `columns`."},title:{description:`What the form is called. Reviewers read it.`},json:{description:`One JSON object.`,alone:!0}};async function I(e,t){let{options:n,words:i}=(0,j.T)(e,F);if(i.length>0)throw new r.yo(`review draw takes options only; given: ${i.join(` `)}`);if(!n.candidate||!n.out)throw new r.yo(`review draw needs --candidate <results> and --out <folder>`);let c=await N(n.gates,t),l=z(n.stratify??`task`),u={slices:l.by===`slice`?[l.slice]:[],...c?.columns?{columns:c.columns}:{},predictions:c?.scores},d=(0,s.resolve)(t.cwd,n.out),f={form:(0,s.join)(d,`for-reviewers`,`review.html`),sheet:(0,s.join)(d,`for-reviewers`,`review.csv`),key:(0,s.join)(d,`review-key.json`)};if(await H(f.key))throw new r.yo(`${n.out} holds the key of a sample already; whoever overwrites it loses that review. Take another folder`);let p=await y(await(0,P.M)(`candidate`,n.candidate,u,t),n.baseline?await(0,P.M)(`baseline`,n.baseline,u,t):null,{form:B(n.form),samples:V(`samples`,n.samples,1)??c?.review?.samples??50,stratify:l,seed:V(`seed`,n.seed,0)??(0,a.randomInt)(2**31),secret:(0,a.randomBytes)(32),title:n.title??`Which answers are good?`});await(0,o.mkdir)((0,s.join)(d,`for-reviewers`),{recursive:!0}),await(0,o.writeFile)(f.form,w(p.sheet)),await(0,o.writeFile)(f.sheet,D(p.sheet)),await(0,o.writeFile)(f.key,`${JSON.stringify(p.key,null,1)}\n`,{mode:384,flag:`wx`});let m=Object.fromEntries(Object.entries(f).map(([e,n])=>[e,(0,s.relative)(t.cwd,n)||n]));return t.stdout.write(n.json?`${JSON.stringify(L(p,m))}\n`:R(p,m,t)),0}function L({key:e,sheet:t},n){let{sample:r,form:i,seed:a,strata:o}=e;return{sample:r,form:i,seed:a,items:e.items.length,cards:t.cards.length,strata:o,files:n}}function R({key:e,sheet:t},n,{width:r}){let a=e.items.filter(e=>e.identical).length;return`${[`${e.items.length} items drawn with seed ${e.seed}, ${t.cards.length} to rate (form ${e.form}).`,...e.strata.map(({name:e,items:t,drawn:n})=>`  ${e}: ${n} of ${t}`),...a>0?[e.form===`pairs`?`${a} answers are the same in both versions: ties that nobody is asked about.`:`${a} answers are the same in both versions and are rated once.`]:[],``,`For the reviewers: ${n.form} (opens in any browser) or ${n.sheet}.`,`For you alone:     ${n.key} tells which version wrote what.`,``,`Then: sluice review read --key ${n.key} <ratings>`].flatMap(e=>e.startsWith(` `)?[e]:(0,i.L)(e,r)).join(`
`)}\n`}function z(e){if(e===`task`)return{by:`task`};let[,t]=/^slice:(.+)$/.exec(e)??[];if(t===void 0)throw new r.yo(`--stratify is '${e}' (allowed: task, slice:<column>)`);return{by:`slice`,slice:t}}function B(e){let t=A.bj.find(t=>t===(e??`acceptable`));if(!t)throw new r.yo(`--form is '${e}' (allowed: ${A.bj.join(`, `)})`);return t}function V(e,t,n){if(t===void 0)return;let i=Number(t);if(!/^\d+$/.test(t)||!Number.isSafeInteger(i)||i<n)throw new r.yo(`--${e} is '${t}'; expected a whole number from ${n}`);return i}let H=e=>(0,o.access)(e).then(()=>!0,()=>!1);var U=n(59495),W=n(95619),G=n(4099);let K={key:{description:`review-key.json of the sample that was rated.`},gates:{description:"The gates file: its `review` decides. Needs --candidate."},candidate:{description:`The results that the sample was drawn from: ratings of other answers count nothing.`},baseline:{description:`The same, where the review compares.`},json:{description:`One JSON object.`,alone:!0}};async function q(e,t){let{options:n,words:i}=(0,j.T)(e,K);if(!n.key||i.length===0)throw new r.yo(`review read needs --key <review-key.json> and one file of ratings or more`);let a=await N(n.gates,t);if(a&&!a.review)throw new r.yo(`${n.gates} asks for no review (review: {samples: …, at-least: …})`);let o=e=>(0,s.resolve)(t.cwd,e),c=await(0,U.t)(o(n.key),i.map(o)),l=2*(a?.confidence??.95)-1,u=(0,W.y)(c,(0,M.$O)(a??{}),l),d=a&&await J(a,c,n,t);return t.stdout.write(n.json?`${JSON.stringify({...u,...d?{decision:d.decision,gate:d.gates[0]}:{}})}\n`:Y(u,l,d,t.width)),d&&d.decision!==`approve`?3:0}async function J(e,t,{candidate:n,baseline:i},a){if(!n)throw new r.yo(`--gates needs --candidate <results>: only ratings of these answers may decide`);let o={slices:e.cluster===void 0?[]:[e.cluster],...e.columns?{columns:e.columns}:{},predictions:e.scores},{leakage:s,...c}=e;return(0,G.L)({document:{...c,gates:[]},candidate:await(0,P.M)(`candidate`,n,o,a),baseline:i?await(0,P.M)(`baseline`,i,o,a):null,review:t})}function Y(e,t,n,r){let{form:a,items:o,rated:s,identical:c,reviewers:l,agreement:u,candidate:d,candidateWeighted:f,baseline:p,difference:m}=e,h=a===`pairs`?`preferred`:`acceptable`,g=[[`sample`,`${o} items${c>0?`, ${c} answered alike by both versions`:``}`],[`reviewers`,l.join(`, `)],[`rated by all`,`${s} of ${o}`],...X(`candidate ${h}`,d),...f===null?[]:[[`by size of strata`,Q(f)]],...X(`baseline ${h}`,p),...X(`difference`,m),[`intervals`,Q(t)],...u?[[`agreement`,Z(u)]]:[]],_=n?.gates[0],v=_?[``,...(0,i.L)(`${_.decision}: ${_.name} — ${_.reason}`,r)]:[];return`${[...(0,i.Y)(g,r),...v].join(`
`)}\n`}function X(e,t){if(!t)return[];let{value:n,interval:r}=t;return[[e,`${Q(n)} (${Q(r.lower)} to ${Q(r.upper)})`]]}function Z({measure:e,value:t,interval:n,same:r,n:i,because:a}){let o=r===null?``:`, the same word on ${Q(r)} of ${i}`;if(t===null)return`undefined: ${a}${o}`;let s=n?` (${n.lower.toFixed(2)} to ${n.upper.toFixed(2)})`:``;return`${e} ${t.toFixed(2)}${s}${o}`}let Q=e=>`${Number((100*e).toFixed(1))} %`;async function $(e,t,n){let[i,...a]=e;if(n)return t.stdout.write(ee(t.width)),0;if(i===`draw`)return I(a,t);if(i===`read`)return q(a,t);throw new r.yo(`review knows two commands: draw and read; given: ${i??`nothing`}`)}function ee(e){let t=t=>(0,i.Y)(Object.entries(t).map(([e,t])=>[`--${e}`,t.description]),e);return[`sluice review: people judge a sample of the answers, blind to which version wrote what`,``,...(0,i.L)(`sluice review draw --candidate <results> [--baseline <results>] --out <folder>`,e),...t(F),``,...(0,i.L)(`sluice review read --key <file> <ratings> [<ratings> …]`,e),...t(K),``,...(0,i.L)("With --gates, read asks the gates file for its `review:` and ends with 3 where it does not approve. eval-gate reads the same files: inputs review and review-key.",e),``].join(`
`)}}),61656:((e,t,n)=>{n.d(t,{E:()=>g,S:()=>h});var r=n(51455),i=n(72667),a=n(41909),o=n(63619),s=n(73305),c=n(84429);let l=`review-key/1`,u=o.YjP().check(s.Fk(/^sha256:[0-9a-f]{64}$/,`expected sha256:<64 hex>`)),d=o.YjP().check(s.Fk(/^[0-9a-f]{32}$/,`expected 32 hex digits`)),f=o.k5n([`candidate`,`baseline`]),p=o.rej({source:o.YjP(),answers:u}),m=o.rej({sluice:o.euz(l),form:o.k5n(c.bj),sample:u,seed:o.Whr(),candidate:p,baseline:o.mee(p),strata:o.YOg(o.rej({name:o.YjP(),items:o.Whr(),drawn:o.Whr()})),items:o.YOg(o.rej({task:o.YjP(),key:d,stratum:o.YjP(),identical:o.zMY(),answers:o.rej({candidate:d,baseline:o.mee(d)})})),cards:o.YOg(o.rej({id:o.YjP(),item:o.Whr().check(s.qm(0)),shows:o.YOg(f).check(s.m9(1),s.Eb(2))}))}),h=l;async function g(e){let t=await(0,r.readFile)(e,`utf8`).catch(t=>{throw new i.yo(`review key: ${e} cannot be read (${(0,i.bD)(t)}); it is the file review-key.json that \`sluice review draw\` wrote`)}),n=(0,a.u0)(t,e,m);if(new Set(n.cards.map(e=>e.id)).size!==n.cards.length||n.cards.some(e=>e.item>=n.items.length))throw new i.yo(`${e}: its cards and items do not belong together; draw the sample again`);return n}}),59495:((e,t,n)=>{n.d(t,{t:()=>v});var r=n(72667),i=n(61656),a=n(51455),o=n(76760),s=n(27920),c=n(23042);let l=[`sample`,`card`,`rating`];async function u(e){let t=await(0,a.readFile)(e,`utf8`).catch(t=>{throw new r.yo(`review: ${e} cannot be read (${(0,r.bD)(t)})`)}),n=(0,o.basename)(e).replace(/\.[^.]*$/,``);return/^\ufeff?\s*\{/.test(t)?f(t,e,n):d(e,n)}async function d(e,t){let n=[];if(await(0,s.wH)(e,(i,a)=>{let o=l.filter(e=>i[e]===void 0);if(o.length>0)throw new r.yo(`review: ${e} has no column ${o.join(`, `)}; ratings have the columns ${l.join(`, `)} and reviewer`);let{sample:s=``,card:c=``,rating:u=``,reviewer:d=``}=i;`${s}${c}${u}`.trim()!==``&&n.push({where:`${e} line ${a}`,sample:s.trim(),card:c.trim(),rating:u.trim(),reviewer:d.trim()||t})}),n.length===0)throw new r.yo(`review: ${e} holds no ratings`);return n}function f(e,t,n){let i;try{i=JSON.parse(e.replace(/^\ufeff/,``))}catch(e){throw new r.yo(`review: ${t} is not valid JSON (${(0,r.bD)(e)})`)}if(!(0,c.Gv)(i)||i.sluice!==`review-ratings/1`||!Array.isArray(i.ratings))throw new r.yo(`review: ${t} holds no ratings; expected what the form exported (sluice: review-ratings/1)`);let a=String(i.sample),o=typeof i.reviewer==`string`?i.reviewer.trim():``;return i.ratings.map((e,r)=>{let{card:i,rating:s}=(0,c.Gv)(e)?e:{};return{where:`${t} rating ${r+1}`,sample:a,card:String(i),rating:typeof s==`string`?s.trim():``,reviewer:o||n}})}var p=n(96628),m=n(84429);function h(e,t){let n=g(t),i=new Set(e.cards.map(e=>e.id)),a=[...new Set(n.map(e=>e.reviewer))].sort(),o=new Map,s=[];for(let t of n){let n=t.rating===``?null:(0,m.Zq)(e.form,t.rating),r=JSON.stringify([t.reviewer,t.card]),a=o.get(r);t.sample===e.sample?i.has(t.card)?a?s.push(`${t.where}: ${t.reviewer} rates card ${t.card} again (${a.where})`):n===null&&t.rating!==``?s.push(`${t.where}: "${t.rating}" is no rating (allowed: ${(0,m.rF)(e.form).join(`, `)})`):o.set(r,{...t,value:n}):s.push(`${t.where}: the sample has no card "${t.card}"`):s.push(`${t.where}: rates another sample (${t.sample||`none`})`)}if(s.length>0){let t=s.length-10,n=s.slice(0,10).join(`
`);throw new r.yo(`review: the ratings do not fit the key of sample ${e.sample}\n${n}${t>0?`\nand ${t} more`:``}`)}return{form:e.form,sample:p.br.parse(e.sample),reviewers:a,items:_(e,e=>a.map(t=>o.get(JSON.stringify([t,e]))?.value??null)),strata:new Map(e.strata.map(({name:e,items:t})=>[e,t])),candidateAnswers:p.br.parse(e.candidate.answers),baselineAnswers:e.baseline&&p.br.parse(e.baseline.answers)}}function g(e){let t=new Map;return e.map(e=>{let n=e.reviewer.normalize(`NFKC`).toLowerCase().replace(/\s+/g,` `),r=t.get(n)??e.reviewer;return t.set(n,r),{...e,reviewer:r}})}function _(e,t){let n=t(``),r=e.baseline?n:[],i=e.items.map(t=>t.identical&&e.form===`pairs`?{candidate:n.map(()=>0),baseline:n.map(()=>0)}:{candidate:n,baseline:r});for(let n of e.cards){let r=t(n.id),a=i[n.item];if(e.form===`pairs`)for(let[e,t]of n.shows.entries())a[t]=r.map(t=>t&&Number(t===(e===0?-1:1)));else for(let e of n.shows)a[e]=r}return e.items.map(({key:e,...t},n)=>({...t,key:e,...i[n]}))}async function v(e,t){if(t.length===0)throw new r.yo(`review: no ratings are given; pass the files that the reviewers handed back`);return h(await(0,i.E)(e),(await Promise.all(t.map(u))).flat())}}),7979:((e,t,n)=>{n.d(t,{Fc:()=>a});var r=n(57975),i=n(38522);(0,r.promisify)(i.gzip),(0,r.promisify)(i.gunzip);async function a(e,t){return(await e.list(`${t}/evaluation/`)).flatMap(e=>{let t=/\/evaluation\/([0-9a-f]{64})\.jsonl\.gz$/.exec(e)?.[1];return t?[`sha256:${t}`]:[]})}})};