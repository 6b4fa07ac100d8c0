import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '@sluice/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partsOf, type VersionFigures } from './figure.ts';
import { toLine, toLines } from './line-protocol.ts';
import { toPrometheusText } from './prometheus-text.ts';
import { historyTarget } from './target.ts';
import { writeHistory } from './write-history.ts';

const version: VersionFigures = {
  model: 'qwen-7b-chat',
  version: 'qwen-7b-chat-v1.2.0',
  runId: 'run-0001',
  commit: 'c'.repeat(40),
  decision: 'approve',
  at: Date.UTC(2026, 10, 21),
  figures: [
    { name: 'gsm8k/exact_match@strict', value: 0.5, lower: 0.45, upper: Number.POSITIVE_INFINITY },
    { name: 'latency_p99_ms', value: 312 },
    { name: 'perplexity', value: Number.NaN },
  ],
};

/** Reads a line as the specification does: a backslash escapes the separator behind it, strings end at a bare quote. */
function parsed(line: string) {
  const split = (text: string, at: string) =>
    text.split(new RegExp(`(?<!\\\\)${at}`)).map((part) => part.replace(/\\([,= ])/g, '$1'));
  const [, key = '', rest = ''] = /^((?:\\.|[^ \\]|\\(?![,= ]))+) (.*)$/s.exec(line) ?? [];
  const [, fields = '', at = ''] = /^(.*) (-?\d+)$/s.exec(rest) ?? [];
  const [measurement, ...tags] = key.split(/(?<!\\),/);
  return {
    measurement: measurement?.replace(/\\([, ])/g, '$1'),
    tags: Object.fromEntries(tags.map((tag) => split(tag, '='))),
    text: /^text="((?:[^"\\]|\\.)*)"/s.exec(fields)?.[1]?.replace(/\\([\\"])/g, '$1'),
    value: /value=([^,]+)/.exec(fields.replace(/"(?:[^"\\]|\\.)*"/s, '""'))?.[1],
    at,
  };
}

describe('line protocol', () => {
  it('is what the specification shows', () => {
    expect(
      toLine({
        measurement: 'my Measurement, too',
        tags: { 'tag Key=1': 'a, b=c', empty: '', none: undefined, a: 'ü' },
        fields: { n: 1e21, s: 'say "\\o/"\nnow', x: Number.NaN },
        at: 1_700_000_000_000.9,
      }),
    ).toBe(
      'my\\ Measurement\\,\\ too,a=ü,tag\\ Key\\=1=a\\,\\ b\\=c n=1e+21,s="say \\"\\\\o/\\" now" 1700000000000',
    );
    expect(
      toLine({ measurement: 'm', tags: {}, fields: { x: Number.NaN, y: undefined }, at: 0 }),
    ).toBeUndefined();
  });

  it('is read back as it was, whatever a name holds', () => {
    // control characters become blanks, and backslashes slashes
    const name = fc
      .string({ unit: fc.constantFrom('a', ' ', ',', '=', '\\', '"', 'ü', '中', '#', '\n'), minLength: 1 })
      .map((text) => ({ text, read: text.replace(/\n/g, ' ').replaceAll('\\', '/') }));
    fc.assert(
      fc.property(
        name,
        name,
        name,
        fc.string(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        (m, k, v, s, n) => {
          const line = toLine({
            measurement: `m${m.text}`,
            tags: { [k.text]: v.text },
            fields: { text: s, value: n },
            at: 5,
          }) as string;
          expect(line).not.toContain('\n');
          const read = parsed(line);
          expect(read).toMatchObject({ measurement: `m${m.read}`, tags: { [k.read]: v.read }, at: '5' });
          // biome-ignore lint/suspicious/noControlCharactersInRegex: what the encoder replaces
          expect(read.text).toBe(s.toWellFormed().replace(/[\u0000-\u001f\u007f]/g, ' '));
          expect(Number(read.value) === n).toBe(true);
        },
      ),
    );
  });

  it('has one line a figure, and none for what is no number', () => {
    const lines = toLines(version).split('\n');
    expect(lines).toEqual([
      `evaluation,decision=approve,filter=strict,metric=exact_match,model=qwen-7b-chat,task=gsm8k,version=qwen-7b-chat-v1.2.0 value=0.5,lower=0.45,run_id="run-0001",commit="${'c'.repeat(40)}" 1795219200000`,
      expect.stringContaining('metric=latency_p99_ms'),
      expect.stringMatching(/metric=perplexity.* run_id=/),
      '',
    ]);
  });
});

describe('Prometheus text', () => {
  it('has a help, a type and finite samples for each family', () => {
    const text = toPrometheusText({ ...version, model: 'a"b\\c\nd' });
    expect(text).toContain(
      'sluice_evaluation_value{model="a\\"b\\\\c\\nd",version="qwen-7b-chat-v1.2.0",task="gsm8k",metric="exact_match",filter="strict"} 0.5\n',
    );
    expect(text).not.toMatch(/perplexity|Infinity|NaN/);
    expect(text).toContain('decision="approve"} 1\n');
    expect(text).toContain('decision="reject"} 0\n');
    expect(toPrometheusText(version, { grouped: true })).not.toContain('model=');
  });

  it('has one sample a line, whatever a label holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 8 }), fc.string(), (model, metric) => {
        const figures = [{ name: `m${metric}`, value: 1 }];
        const text = toPrometheusText({ ...version, model, figures });
        const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('# '));
        expect(samples).toHaveLength(5);
        for (const sample of samples)
          expect(sample).toMatch(/^sluice_\w+(\{(\w+="([^"\\\n]|\\["\\n])*",?)+\})? [-+\d.e]+$/su);
      }),
    );
  });
});

describe('a figure’s name', () => {
  it.each([
    ['acc', { task: '', metric: 'acc', filter: '' }],
    ['a/b/acc@x', { task: 'a/b', metric: 'acc', filter: 'x' }],
    ['/acc@', { task: '', metric: '/acc', filter: '' }],
  ])('%s', (name, parts) => expect(partsOf(name)).toEqual(parts));
});

describe('a target', () => {
  const read = (given: string, env = {}) => historyTarget(given, '/w', env);

  it('is an address of a system, or a file that its ending names', () => {
    const v2 = read('influxdb+https://i.example/x/?org=lab&bucket=b', { INFLUX_TOKEN: 't' });
    expect(v2).toMatchObject({ kind: 'influxdb', authorization: 'Token t', shown: 'InfluxDB at i.example' });
    expect(String('url' in v2 && v2.url)).toBe(
      'https://i.example/x/api/v2/write?org=lab&bucket=b&precision=ms',
    );
    const v1 = read('influxdb+http://i.example:8086?db=d', { INFLUX_USERNAME: 'u', INFLUX_PASSWORD: 'p' });
    expect(String('url' in v1 && v1.url)).toBe('http://i.example:8086/write?db=d&precision=ms');
    expect(v1).toMatchObject({ authorization: `Basic ${Buffer.from('u:p').toString('base64')}` });
    expect(read('out/history.lp')).toEqual({
      kind: 'line-protocol',
      path: '/w/out/history.lp',
      shown: 'out/history.lp',
    });
    expect(read('/var/lib/node_exporter/x.prom')).toMatchObject({ kind: 'textfile' });
  });

  it.each([
    'history.csv',
    'https://influx.example',
    'influxdb+https://',
    'influxdb+https://i.example',
    'influxdb+https://user:secret@i.example?db=d',
    'pushgateway+ftp://x',
  ])('%s is the user’s mistake, and no secret is shown', (given) => {
    expect(() => read(given)).toThrow(UserError);
    expect(() => read(given)).not.toThrow('secret');
  });

  it('on disk: lines are added, a text file is replaced', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'history-'));
    const at = (name: string) => historyTarget(name, folder, {});
    for (const name of ['a/h.lp', 'a/h.prom', 'a/h.lp', 'a/h.prom']) await writeHistory(at(name), version);
    expect(readFileSync(join(folder, 'a/h.lp'), 'utf8').split('\n')).toHaveLength(7);
    expect(readFileSync(join(folder, 'a/h.prom'), 'utf8')).toBe(toPrometheusText(version));
    rmSync(folder, { recursive: true });
  });

  it('on disk: a line that broke off takes no other with it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'history-'));
    writeFileSync(join(folder, 'h.lp'), 'evaluation,metric=a val');
    for (let k = 0; k < 2; k++) await writeHistory(historyTarget('h.lp', folder, {}), version);
    expect(readFileSync(join(folder, 'h.lp'), 'utf8')).toBe(
      `evaluation,metric=a val\n${toLines(version)}${toLines(version)}`,
    );
    rmSync(folder, { recursive: true });
  });

  it.each(['influxdb+URL?db=d', 'pushgateway+URL'])(
    '%s that shows a page to log in kept nothing',
    async (given) => {
      const server = createServer((request, response) => {
        request.resume();
        response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<html>Log in</html>');
      });
      await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
      try {
        const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        const target = historyTarget(given.replace('URL', address), '/w', {});
        await expect(writeHistory(target, version)).rejects.toThrow(/answered with a page for people/);
      } finally {
        server.closeAllConnections();
        server.close();
      }
    },
  );
});
