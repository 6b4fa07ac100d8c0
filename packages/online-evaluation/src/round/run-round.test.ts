import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemError } from '@sluice/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseOnlineEvaluation } from '../document.ts';
import { openScorers } from '../scorers/open.ts';
import { keptItems } from './kept.ts';
import { documentDigest, newLedger, readLedger, withRound } from './ledger.ts';
import { keeper } from './privacy.ts';
import { type Round, runRound } from './run-round.ts';
import { scoresAt } from './scores-at.ts';

const T0 = 1_795_201_200_000;
const { signal } = new AbortController();
let folder: string;
let log: string;
const servers: Server[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-round-'));
  log = join(folder, 'requests.jsonl');
});
afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  await rm(folder, { recursive: true });
});

const line = (i: number, version: string, more: object = {}) =>
  `${JSON.stringify({ time: T0 + i, model_version: version, request_id: `${version}-${i}`, latency: 5, prompt: `q${i}`, response: `a${i}`, ...more })}\n`;
async function round(given: object, more: Partial<Parameters<typeof runRound>[0]> = {}): Promise<Round> {
  const document = parseOnlineEvaluation(JSON.stringify({ sample: 10, ...given }));
  return await runRound({
    document,
    period: { from: T0, to: T0 + 3_600_000 },
    log,
    slotOf: (version) => (version === 'v2' ? 'canary' : 'stable'),
    seed: 'run-1',
    scorers: await openScorers(document, {
      workspace: folder,
      env: process.env,
      temp: folder,
      cacheDir: folder,
      log: { info: () => {} },
      mask: () => {},
    }),
    timeoutMs: 5000,
    signal,
    ...more,
  });
}
const format = { scorers: [{ name: 'format', checks: {} }] };

/** A server that answers every prompt with `answer`. */
async function serving(answer: (prompt: string) => string | undefined): Promise<string> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += part));
    request.on('end', () => {
      if (request.url === '/v1/models') return response.end('{"data": [{"id": "m"}]}');
      const content = answer(JSON.parse(body).messages[0].content);
      if (content === undefined) return response.writeHead(500).end();
      return response.end(JSON.stringify({ choices: [{ message: { content } }] }));
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

describe('a round', () => {
  beforeEach(async () => {
    let text = '';
    for (let i = 0; i < 60; i++) text += line(i, 'v1') + line(i, 'v2', i % 2 === 0 ? { response: '' } : {});
    await writeFile(log, text);
  });

  it('scores as many answers of both versions, the same ones whenever it is done', async () => {
    const found = await round(format);
    expect(found).toMatchObject({ seen: { stable: 60, canary: 60 }, sampled: { stable: 10, canary: 10 } });
    expect(found.outcomes.format?.stable).toEqual({ scores: Array(10).fill(1), missing: 0 });
    expect(found.outcomes.format?.canary.scores).toContain(0);
    expect(await round(format)).toEqual(found);
    expect((await round(format, { seed: 'run-2' })).items).not.toEqual(found.items);
  });

  it('with too few answers is seen and not scored', async () => {
    const found = await round({ ...format, 'min-sample': 100, sample: 200 });
    expect(found.outcomes).toEqual({});
    expect(found.notes.at(-1)).toMatch(/only 60 and 60 answers/);
  });

  it('fails where a scorer leaves too much without a score', async () => {
    const half = {
      name: 'half',
      score: async (answers: readonly object[]) => answers.map((_, i) => (i % 2 ? 1 : null)),
    };
    await expect(round(format, { scorers: [half] })).rejects.toThrow(
      /'half' left 10 of 20 answers without a score, more than the 20 %/,
    );
    expect((await round({ ...format, 'max-missing': 50 }, { scorers: [half] })).outcomes.half).toBeDefined();
  });

  it('may ask both versions anew, and compares in pairs', async () => {
    const endpoints = {
      stable: await serving((q) => `yes ${q}`),
      canary: await serving((q) => (q.endsWith('1') ? '' : 'no')),
    };
    const found = await round({ ...format, replay: {} }, { servers: { endpoints, apiKey: undefined } });
    const { paired, stable, canary } = found.outcomes.format ?? {};
    expect(new Set(stable?.scores)).toEqual(new Set([1]));
    expect(paired?.pairs).toBe(canary?.scores.length);
    expect(paired?.higher).toBe(0);
    expect(paired?.lower).toBe(canary?.scores.filter((score) => score === 0).length);
    expect(new Set(found.items.map(({ answer }) => answer.id)).size).toBe(found.items.length);
  });

  it('fails where a version does not answer what it is asked anew', async () => {
    const endpoints = { stable: await serving(() => 'yes'), canary: await serving(() => undefined) };
    const failed = round({ ...format, replay: {} }, { servers: { endpoints, apiKey: undefined } });
    await expect(failed).rejects.toThrow(SystemError);
    await expect(failed).rejects.toThrow(/not answered by both versions/);
    await expect(round({ ...format, replay: {} })).rejects.toThrow(/give the addresses of both/);
  });

  it('reaches the judge with one interval, and is read back as it was written', async () => {
    const found = await round(format);
    const document = parseOnlineEvaluation(JSON.stringify(format));
    const ledger = withRound(newLedger(document), found, T0 + 60_000);
    const again = readLedger(JSON.parse(JSON.stringify(ledger)), 'store');
    expect(again).toEqual(ledger);
    expect(documentDigest(again.document)).toBe(documentDigest(document));
    const { stable, canary } = found.outcomes.format ?? {};
    expect(scoresAt(again.rounds, T0 + 60_000)).toEqual({
      stable: { format: stable?.scores },
      canary: { format: canary?.scores },
    });
    expect(scoresAt(again.rounds, T0)).toBeUndefined();
    expect(() => readLedger({ schema: 2 }, 'the store')).toThrow(/newer version/);
  });

  it('keeps of prompts and answers what the document says', async () => {
    const found = await round(format);
    const kept = (how: 'text' | 'hashed' | 'nothing', salt = 's', key: string | undefined = 'k') =>
      keptItems(found, keeper(how, salt, key), how !== 'nothing') ?? '';
    expect(kept('nothing')).toBe('');
    expect(kept('text')).toMatch(/"prompt":"q\d+"/);
    expect(kept('hashed')).not.toMatch(/"q\d+"|"a\d+"/);
    expect(kept('hashed')).toBe(kept('hashed'));
    expect(kept('hashed', 'other')).not.toBe(kept('hashed'));
    expect(kept('hashed', 's', '')).not.toBe(kept('hashed', 's', ''));
  });
});
