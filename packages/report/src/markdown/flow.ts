import type { FlowStep } from '../model.ts';
import { clean } from '../text.ts';

const STYLES: Readonly<Record<FlowStep['state'], string>> = {
  done: 'fill:#1a7f37,stroke:#1a7f37,color:#fff',
  current: 'fill:#0969da,stroke:#0969da,color:#fff',
  failed: 'fill:#cf222e,stroke:#cf222e,color:#fff',
  pending: 'fill:#eaeef2,stroke:#8c959f,color:#1f2328',
};

/** A text inside quotes in a Mermaid diagram; Mermaid writes characters as `#code;`. */
export const mermaidLabel = (text: string): string =>
  `"${clean(text)
    .replace(/\s+/g, ' ')
    .replace(/[#"&<>`\\;{}[\]()|]/g, (c) => `#${c.charCodeAt(0)};`)}"`;

export function flowMermaid(steps: readonly FlowStep[]): string {
  const nodes = steps.map((step, i) => `  s${i}[${mermaidLabel(step.label)}]:::${step.state}`);
  const edges = steps.slice(1).map((_, i) => `  s${i} --> s${i + 1}`);
  const used = [...new Set(steps.map((step) => step.state))];
  return [
    'flowchart LR',
    ...nodes,
    ...edges,
    ...used.map((state) => `  classDef ${state} ${STYLES[state]}`),
  ].join('\n');
}
