/** The whole look of an HTML report: system fonts, light and dark by the reader's setting, nothing loaded. */
export const STYLE = `
:root { color-scheme: light dark; --text: #1f2328; --soft: #59636e; --line: #d1d9e0; --back: #fff; --panel: #f6f8fa;
  --pass: #1a7f37; --fail: #cf222e; --undecided: #9a6700; --info: #0969da;
  --s0: #0969da; --s1: #bc4c00; --s2: #8250df; --s3: #1a7f37; --s4: #bf3989; --s5: #6e7781; }
@media (prefers-color-scheme: dark) { :root { --text: #f0f6fc; --soft: #9198a1; --line: #3d444d; --back: #0d1117; --panel: #151b23;
  --pass: #3fb950; --fail: #f85149; --undecided: #d29922; --info: #4493f8;
  --s0: #4493f8; --s1: #f0883e; --s2: #ab7df8; --s3: #3fb950; --s4: #db61a2; --s5: #9198a1; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 62rem; background: var(--back); color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", "Noto Sans CJK SC", sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; margin: 0 0 1rem; } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
.verdict { border-left: .4rem solid; padding: .75rem 1rem; background: var(--panel); border-radius: .25rem; margin-bottom: 1.5rem; }
.verdict strong { margin-right: .4em; } .verdict span { color: var(--text); }
.pass { color: var(--pass); stroke: var(--pass); fill: var(--pass); } .fail { color: var(--fail); stroke: var(--fail); fill: var(--fail); }
.undecided { color: var(--undecided); stroke: var(--undecided); fill: var(--undecided); } .info { color: var(--info); stroke: var(--info); fill: var(--info); }
.scroll { overflow-x: auto; margin: 1rem 0; } table { border-collapse: collapse; font-size: .92rem; }
caption, figcaption { text-align: left; font-weight: 600; padding: .25rem 0; }
th, td { border: 1px solid var(--line); padding: .35rem .7rem; text-align: left; vertical-align: top; min-width: 3.5rem; } th { background: var(--panel); }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.2rem; } dt { color: var(--soft); } dd { margin: 0; }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: .25rem; padding: .75rem 1rem; overflow-x: auto; font-size: .85rem; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; } code { background: var(--panel); padding: .1em .3em; border-radius: .2em; }
pre code { background: none; padding: 0; } figure { margin: 1rem 0; overflow-x: auto; } details { margin: 1rem 0; } summary { cursor: pointer; font-weight: 600; }
a { color: var(--info); } svg text { font: 13px system-ui, sans-serif; fill: var(--text); stroke: none; } svg .axis { fill: var(--soft); font-size: 12px; }
.grid { stroke: var(--line); stroke-width: 1; } .interval { stroke-width: 2; } .threshold { stroke: var(--fail); stroke-width: 1.5; stroke-dasharray: 5 4; }
.series { fill: none; stroke-width: 2; stroke-linejoin: round; } circle.series { fill: var(--text); }
.s0 { stroke: var(--s0); } .s1 { stroke: var(--s1); } .s2 { stroke: var(--s2); } .s3 { stroke: var(--s3); } .s4 { stroke: var(--s4); } .s5 { stroke: var(--s5); }
.arrow { stroke: var(--soft); stroke-width: 1.5; } .arrowhead { fill: var(--soft); }
.step { stroke: var(--line); fill: var(--panel); } .step.done { fill: var(--pass); } .step.current { fill: var(--info); } .step.failed { fill: var(--fail); }
svg .step-label.done, svg .step-label.current, svg .step-label.failed { fill: var(--back); font-weight: 600; }
@media print { body { max-width: none; } details { display: block; } }
`.trim();
