import { readFileSync } from 'node:fs';
import { families, openMetrics } from '@sluice/telemetry';
import { describe, expect, it } from 'vitest';
import { ENGINES } from './engines.ts';
import { metricSource, sourceParts } from './metrics.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const host = { workspace: '/checkout/here' };

describe('the metric source in the state', () => {
  it('names what later ticks find from anywhere', () =>
    expect(
      metricSource('access.log\n\n requests:logs/r.jsonl?canary=v2 \nhttps://prom?family=dcgm', host),
    ).toBe(
      '/checkout/here/access.log\nrequests:/checkout/here/logs/r.jsonl?canary=v2\nhttps://prom?family=dcgm',
    ));

  it('holds no password', () =>
    expect(() => metricSource('access.log\nhttps://u:secret@prom', host)).toThrow(
      /^(?!.*secret).*PROMETHEUS_TOKEN/,
    ));

  it('names the metrics of the engine where an address does not', () => {
    const engine = (metrics: string) => metricSource(metrics, host, { engine: 'vllm' });
    expect(engine('https://prom')).toBe('https://prom?family=vllm');
    expect(engine('https://prom?stable=a&canary=b')).toBe('https://prom?stable=a&canary=b&family=vllm');
    expect(engine('access.log\nhttps://prom?family=dcgm')).toBe(
      '/checkout/here/access.log\nhttps://prom?family=dcgm',
    );
    expect(engine(engine('https://prom'))).toBe(engine('https://prom'));
  });

  it('knows every program that counts requests as an engine', () => {
    const counting = Object.entries(families).flatMap(([name, family]) =>
      'requests' in family ? [name] : [],
    );
    expect([...ENGINES].sort()).toEqual(counting.sort());
  });

  it('says which online evaluation it was begun with', () => {
    const source = metricSource('access.log', host, { online: DIGEST });
    expect(sourceParts(source)).toEqual({ metrics: '/checkout/here/access.log', online: DIGEST });
    expect(sourceParts('http://prom')).toEqual({ metrics: 'http://prom', online: undefined });
  });
});

describe('the README', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

  it('has the table of programs as it is', () => {
    const has = (given: unknown, word: string) => (given === undefined ? [] : [word]);
    const rows = Object.entries(families).map(([name, family]) => {
      const figures = [
        ...('requests' in family ? ['requests', 'errors'] : []),
        ...('latency' in family ? has(family.latency, 'latency') : []),
        ...('first' in family ? has(family.first, 'TTFT') : []),
        ...('perToken' in family ? has(family.perToken, 'TPOT') : []),
        ...('tokens' in family ? has(family.tokens, 'tokens') : []),
        ...('cutOff' in family ? has(family.cutOff, 'cut off') : []),
        ...('gpu' in family ? has(family.gpu, 'GPU') : []),
      ];
      const note = 'note' in family ? family.note : '';
      return `| \`${name}\` | \`${family.label}\` | ${figures.join(', ')} | ${note} | ${family.read} |`;
    });
    const table = readme.split('| `family` | label |')[1]?.split('\n\n')[0]?.split('\n').slice(2);
    expect(table).toEqual(rows);
  });

  it('has examples of metrics that are read', async () => {
    const examples = [...readme.matchAll(/^ {4}metrics: \|\n((?: {6}.+\n)+)/gm)].map(
      ([, text]) => text as string,
    );
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) expect((await openMetrics({ metrics: example })).name).toBeTruthy();
  });
});
