import type { Keeper } from './privacy.ts';
import type { Round } from './run-round.ts';

/** The scored answers of a round as JSON lines; undefined where nothing of them is kept. */
export function keptItems({ items }: Round, keep: Keeper, anything: boolean): string | undefined {
  if (!anything || items.length === 0) return undefined;
  return items
    .map(({ answer: { id, slot, time, prompt, response }, scores }) => {
      const [asked, said] = [keep(prompt), keep(response)];
      return `${JSON.stringify({ id, slot, time: new Date(time).toISOString(), scores, prompt: asked, response: said })}\n`;
    })
    .join('');
}
