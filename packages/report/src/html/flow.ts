import type { FlowStep } from '../model.ts';
import { columnsOf, cut, label, line, px, svg } from './svg.ts';

const HEIGHT = 36;
const GAP = 28;
const MAX_COLUMNS = 28;

/** Steps in a row, joined by arrows. */
export function flowSvg(steps: readonly FlowStep[]): string {
  let x = 2;
  const parts: string[] = [];
  for (const [i, step] of steps.entries()) {
    const text = cut(step.label.replace(/\s+/g, ' '), MAX_COLUMNS);
    const width = 28 + columnsOf(text) * 8;
    if (i > 0) {
      const y = 2 + HEIGHT / 2;
      parts.push(
        line(x, y, x + GAP - 6, y, 'arrow'),
        `<path d="M${px(x + GAP - 8)} ${px(y - 4)}l7 4l-7 4z" class="arrowhead"/>`,
      );
      x += GAP;
    }
    parts.push(
      `<rect x="${px(x)}" y="2" width="${px(width)}" height="${HEIGHT}" rx="6" class="step ${step.state}"/>`,
      label(x + width / 2, 2 + HEIGHT / 2 + 5, text, 'middle', `step-label ${step.state}`),
    );
    x += width;
  }
  return svg(x + 2, HEIGHT + 4, steps.map((s) => `${s.label}: ${s.state}`).join(', '), parts);
}
