/** The whole look of an HTML report: system fonts, light and dark by the reader's setting, nothing loaded. */
export const STYLE = `
:root { color-scheme: light dark; --text: #1b2430; --soft: #5b6776; --line: #dde3ea; --back: #fff; --panel: #f5f7fa;
  --pass: #1a7f37; --fail: #c4232f; --undecided: #8a5d00; --info: #0b62c4;
  --pass-tint: #e8f5ec; --fail-tint: #fdecee; --undecided-tint: #fff5dc; --info-tint: #e9f2fd;
  --s0: #0b62c4; --s1: #bc4c00; --s2: #8250df; --s3: #1a7f37; --s4: #bf3989; --s5: #6e7781; }
@media (prefers-color-scheme: dark) { :root { --text: #e8edf3; --soft: #98a4b3; --line: #2f3945; --back: #10151c; --panel: #171e27;
  --pass: #4cc168; --fail: #ff6b6b; --undecided: #e0a93b; --info: #6aa9ff;
  --pass-tint: #12291a; --fail-tint: #331a1d; --undecided-tint: #2e2512; --info-tint: #14243a;
  --s0: #6aa9ff; --s1: #f0883e; --s2: #ab7df8; --s3: #4cc168; --s4: #db61a2; --s5: #98a4b3; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2.5rem 1.5rem 4rem; max-width: 70rem; background: var(--back); color: var(--text);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", "Noto Sans", "Noto Sans CJK SC", sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 1.25rem; letter-spacing: -.01em; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .75rem; padding-bottom: .35rem; border-bottom: 1px solid var(--line); }
p { max-width: 48rem; } .soft { color: var(--soft); }
.verdict { max-width: none; border-left: .4rem solid; padding: 1rem 1.25rem; border-radius: .4rem; margin: 0 0 2rem; font-size: 1.1rem; }
.verdict strong { margin-right: .45em; } .verdict span { color: var(--text); }
.verdict.pass { background: var(--pass-tint); } .verdict.fail { background: var(--fail-tint); }
.verdict.undecided { background: var(--undecided-tint); } .verdict.info { background: var(--info-tint); }
.pass { color: var(--pass); stroke: var(--pass); fill: var(--pass); } .fail { color: var(--fail); stroke: var(--fail); fill: var(--fail); }
.undecided { color: var(--undecided); stroke: var(--undecided); fill: var(--undecided); } .info { color: var(--info); stroke: var(--info); fill: var(--info); }
.badge { display: inline-block; padding: .05rem .55rem; border-radius: 1rem; font-size: .85em; font-weight: 600; white-space: nowrap; }
.badge.pass { background: var(--pass-tint); } .badge.fail { background: var(--fail-tint); } .badge.undecided { background: var(--undecided-tint); }
.badge.info { background: var(--info-tint); } .badge.plain { background: var(--panel); color: var(--soft); }
.scroll { overflow-x: auto; margin: 1rem 0 1.25rem; } table { border-collapse: collapse; font-size: .92rem; width: 100%; overflow-wrap: break-word; }
caption, figcaption { text-align: left; font-weight: 600; padding: .25rem 0 .5rem; }
.note { font-size: .87rem; color: var(--soft); margin: -.75rem 0 1.5rem; max-width: none; }
th, td { border-bottom: 1px solid var(--line); padding: .5rem .9rem .5rem 0; text-align: left; vertical-align: top; min-width: 3.5rem; }
th { color: var(--soft); font-size: .85rem; font-weight: 600; white-space: nowrap; border-bottom-width: 2px; } tbody tr:hover { background: var(--panel); }
td.short { white-space: nowrap; } td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .35rem 1.4rem; font-size: .95rem; } dt { color: var(--soft); } dd { margin: 0; }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: .4rem; padding: .75rem 1rem; overflow-x: auto; font-size: .85rem; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; } code { background: var(--panel); padding: .1em .35em; border-radius: .25em; font-size: .92em; }
pre code { background: none; padding: 0; font-size: 1em; } figure { margin: 1.5rem 0; overflow-x: auto; }
details { margin: 1rem 0; border: 1px solid var(--line); border-radius: .4rem; padding: 0 1rem; } details[open] { padding-bottom: .75rem; }
summary { cursor: pointer; font-weight: 600; padding: .7rem 0; } summary:focus-visible { outline: 2px solid var(--info); outline-offset: 2px; }
a { color: var(--info); } svg text { font: 13px system-ui, sans-serif; fill: var(--text); stroke: none; } svg .axis { fill: var(--soft); font-size: 12px; }
.grid { stroke: var(--line); stroke-width: 1; } .interval { stroke-width: 2.5; } .threshold { stroke: var(--text); stroke-width: 1.5; stroke-dasharray: 4 3; opacity: .75; }
.series { fill: none; stroke-width: 2; stroke-linejoin: round; } circle.series { fill: var(--text); }
.s0 { stroke: var(--s0); } .s1 { stroke: var(--s1); } .s2 { stroke: var(--s2); } .s3 { stroke: var(--s3); } .s4 { stroke: var(--s4); } .s5 { stroke: var(--s5); }
.dot { fill: var(--back); stroke: var(--s0); stroke-width: 2; } .dot.last { fill: var(--s0); }
.forest { display: grid; gap: 0; } .forest svg { display: block; overflow: visible; }
.forest-row { display: grid; grid-template-columns: minmax(9rem, 17rem) minmax(10rem, 1fr) 14.5rem; gap: 1rem; align-items: center; font-size: .9rem; padding: .1rem 0; }
.forest-value { color: var(--soft); font-variant-numeric: tabular-nums; font-size: .85rem; white-space: nowrap; }
.smalls { display: grid; grid-template-columns: repeat(auto-fill, minmax(18rem, 1fr)); gap: 1rem; }
.small { border: 1px solid var(--line); border-radius: .4rem; padding: .7rem .8rem .4rem; } .small svg { width: 100%; height: auto; display: block; }
.small-title { display: flex; justify-content: space-between; gap: .75rem; font-size: .9rem; margin-bottom: .3rem; }
.cards { display: grid; gap: 1rem; } .card { border: 1px solid var(--line); border-radius: .4rem; padding: .8rem 1rem 1rem; position: relative; }
.card > .number { position: absolute; right: 1rem; top: .8rem; color: var(--soft); font-size: .85rem; } .card dl { margin: 0 2rem .8rem 0; }
.sides { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; } .side { background: var(--panel); border-radius: .4rem; padding: .6rem .8rem; }
.side-head { display: flex; justify-content: space-between; gap: .5rem; font-size: .85rem; color: var(--soft); margin-bottom: .35rem; }
.answer { font-size: .95rem; } .answer .soft { font-style: italic; }
.arrow { stroke: var(--soft); stroke-width: 1.5; } .arrowhead { fill: var(--soft); }
.step { stroke: var(--line); fill: var(--panel); } .step.done { fill: var(--pass); } .step.current { fill: var(--info); } .step.failed { fill: var(--fail); }
svg .step-label.done, svg .step-label.current, svg .step-label.failed { fill: var(--back); font-weight: 600; }
@media (max-width: 46rem) { body { padding: 1.25rem 1rem 3rem; } h1 { font-size: 1.4rem; } th, td { padding: .4rem .6rem .4rem 0; } td:first-child { min-width: 9rem; } .sides { grid-template-columns: 1fr; }
  dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .5rem; }
  .forest-row { grid-template-columns: 1fr auto; gap: 0 1rem; padding: .5rem 0 0; } .forest-row svg { grid-column: 1 / -1; grid-row: 2; } .forest-axis { padding: 0; } }
@media print { body { max-width: none; } details { border: none; } details > * { display: block; } }
`.trim();
