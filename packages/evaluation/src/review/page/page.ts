import { createHash } from 'node:crypto';
import type { Sheet } from '../sheet/sheet.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';

/**
 * The form as one HTML file that works from a disk: no network (its own policy forbids any), the keyboard alone is enough,
 * ratings survive a reload and leave as a file.
 */
export function reviewPage(sheet: Sheet): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src '${sourceHash(SCRIPT)}'; style-src '${sourceHash(STYLE)}'; base-uri 'none'; form-action 'none'">
<title>Review</title>
<style>${STYLE}</style>
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
<script type="application/json" id="sheet">${asData(sheet)}</script>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

function sourceHash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/** JSON that cannot end the element it stands in, whatever a prompt or a model wrote. */
function asData(sheet: Sheet): string {
  return JSON.stringify(sheet)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}
