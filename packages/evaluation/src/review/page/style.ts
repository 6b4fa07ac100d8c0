/** The look of the form: system fonts, light and dark by the reader's setting, one or two columns by the window. */
export const STYLE = `
:root { color-scheme: light dark; --text: #1f2328; --soft: #59636e; --line: #d1d9e0; --back: #fff; --panel: #f6f8fa; --accent: #0969da;
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
  .choices kbd { display: block; margin: .2rem auto 0; width: max-content; } .row button { padding: .4rem .3rem; } .row { flex-wrap: wrap; } .row textarea { flex-basis: 100%; } .row button { flex: 1; } .answer { min-height: 0; } }
`.trim();
