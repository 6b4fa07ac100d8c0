import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openMetrics } from '../open.ts';
import type { MetricSource } from '../source.ts';

const STEP = 60_000;
const T0 = 1_795_200_000_000;

interface Stored {
  readonly labels: Record<string, string>;
  /** Value by step; a step that is not there has no sample. */
  readonly values: readonly (number | undefined)[];
}

/** As much of Prometheus as is asked here: series by metric and proxy, read at whole steps. */
let stored: Record<string, Stored[]> = {};
let ranges = 0;
/** What every range is answered with instead. */
let damaged: unknown;
/** What an answer that is not whole says beside. */
let partly: { readonly warnings?: readonly string[] } = {};
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (text) => (body += text));
  request.on('end', () => {
    const query = new URLSearchParams(body).get('query') as string;
    const reply = (resultType: string, result: unknown) =>
      response.end(JSON.stringify({ status: 'success', data: { resultType, result }, ...partly }));
    const last =
      T0 / 1000 +
      60 *
        (Math.max(
          ...Object.values(stored)
            .flat()
            .map((s) => s.values.length),
        ) -
          1);
    if (query === 'time()') return reply('scalar', [last + 30, String(last + 30)]);
    if (request.url?.endsWith('/query'))
      return reply('vector', [{ metric: {}, value: [last, String(last)] }]);
    ranges++;
    if (damaged !== undefined) return reply('matrix', damaged);
    const name = /\w+\{proxy="\w+"(?:,.*?)?\}|\w+\{code="5xx",proxy="\w+"\}/.exec(query)?.[0] ?? '';
    const start = Number(new URLSearchParams(body).get('start'));
    const end = Number(new URLSearchParams(body).get('end'));
    const series = (stored[name] ?? []).map(({ labels, values }) => ({
      metric: labels,
      values: values.flatMap((value, i) => {
        const time = T0 / 1000 + i * 60;
        if (value === undefined || time < start || time > end) return [];
        return [[time, String(query.startsWith('max(timestamp') ? time - 5 : value)]];
      }),
    }));
    return reply('matrix', query.startsWith('max(') ? series.slice(0, 1) : series);
  });
});
const counter = (slot: string, values: readonly (number | undefined)[], code = '2xx', job = 'gw'): void => {
  const labels = { proxy: slot, job, instance: 'a', code };
  const metric = 'haproxy_backend_http_responses_total';
  const put = (name: string): void => {
    stored[name] = [...(stored[name] ?? []), { labels, values }];
  };
  put(`${metric}{proxy="${slot}"}`);
  if (code === '5xx') put(`${metric}{code="5xx",proxy="${slot}"}`);
};

describe('a Prometheus as a source', () => {
  let source: MetricSource;
  beforeAll(async () => await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => void server.close());
  beforeEach(async () => {
    stored = {};
    ranges = 0;
    damaged = undefined;
    partly = {};
    source = await openMetrics({
      metrics: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    });
  });
  const window = (to = 1000) => source.window(new Date(T0), new Date(T0 + to * STEP));

  it.each(['NaN', '+Inf'])(
    'takes a sample that is %s for no count, of requests and of errors',
    async (value) => {
      const [none, text] = [undefined, value as unknown as number];
      counter('stable', [0, 60, 120, 180, 240]);
      counter('canary', [0, 6, text, 18, 24]);
      counter('canary', [0, 0, 0, text, 2], '5xx');
      stored['haproxy_backend_client_aborts_total{proxy="stable"}'] = [
        { labels: { job: 'gw', instance: 'a' }, values: [text, none, none, none, none] },
      ];
      const minutes = await window();
      expect(minutes.map(({ start }) => (start.getTime() - T0) / STEP)).toEqual([0]);
      expect(minutes[0]?.canary).toEqual({ requests: 6, errors: 0 });
      expect(source.notes()).toEqual([
        '3 steps of the last window were not counted: samples in them are no numbers',
      ]);
    },
  );

  it('says what it was warned of, once, and no more where all is well again', async () => {
    counter('stable', [0, 60]);
    partly = { warnings: ['store 10.0.0.7:10901 does not answer'] };
    expect(await window()).toHaveLength(1);
    expect(source.notes()).toContain(
      `${source.name} warns, so figures may be missing: store 10.0.0.7:10901 does not answer`,
    );
    partly = {};
    await window();
    expect(source.notes().join()).not.toContain('warns');
  });

  it('says that two jobs scrape one process, which is counted twice', async () => {
    counter('stable', [0, 60, 120]);
    counter('canary', [0, 6, 12]);
    expect(await window()).toHaveLength(2);
    expect(source.notes()).toEqual([]);
    counter('canary', [0, 6, 12], '2xx', 'also');
    await window();
    expect(source.notes()).toEqual([
      'jobs also and gw have the same series: what is scraped twice is counted twice. Name one of them in the matchers of both slots, such as proxy="canary",job="also"',
    ]);
  });

  it.each([
    ['null for a series', [null]],
    ['a series without values', [{ metric: {}, values: 'many' }]],
  ])('says so where it answers with %s', async (_, result) => {
    counter('stable', [0, 60]);
    damaged = result;
    await expect(window()).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringMatching(/no matrix/),
    });
  });

  it('gives whole counts of both slots by minute', async () => {
    counter('stable', [100, 160, 230, 300]);
    counter('stable', [1, 1, 3, 3], '5xx');
    counter('canary', [0, 6, 13, 20]);
    expect(await window()).toEqual([
      { start: new Date(T0), stable: { requests: 60, errors: 0 }, canary: { requests: 6, errors: 0 } },
      { start: new Date(T0 + STEP), stable: { requests: 72, errors: 2 }, canary: { requests: 7, errors: 0 } },
      {
        start: new Date(T0 + 2 * STEP),
        stable: { requests: 70, errors: 0 },
        canary: { requests: 7, errors: 0 },
      },
    ]);
    expect(source.notes()).toEqual([]);
  });

  it('leaves out minutes of which one end was not sampled, in either slot', async () => {
    counter('stable', [0, 10, 20, 30, 40, 50]);
    counter('canary', [0, 1, undefined, 3, 4, 5]);
    expect((await window()).map((m) => (m.start.getTime() - T0) / STEP)).toEqual([0, 3, 4]);
    expect(source.notes()).toEqual(['2 steps of the last window have no samples']);
  });

  it('takes a canary that never ran as one without requests, and says so', async () => {
    counter('stable', [0, 10, 20]);
    expect((await window()).map((m) => [m.stable.requests, m.canary.requests])).toEqual([
      [10, 0],
      [10, 0],
    ]);
    expect(source.notes()).toEqual([expect.stringMatching(/^no series of slot canary \(proxy="canary"\)/)]);
  });

  it('reads seven days of minutes in parts that Prometheus allows', async () => {
    const minutes = 7 * 24 * 60;
    counter(
      'stable',
      Array.from({ length: minutes + 1 }, (_, i) => i * 3),
    );
    counter(
      'canary',
      Array.from({ length: minutes + 1 }, () => 0),
    );
    const read = await window(minutes);
    expect(read).toHaveLength(minutes);
    expect(new Set(read.map((m) => m.stable.requests))).toEqual(new Set([3]));
    expect(ranges).toBe(2 * 2 * 4);
  });
});
