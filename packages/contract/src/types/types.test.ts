import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canaryDecision,
  decision,
  digest,
  document,
  duration,
  envName,
  flag,
  imageRef,
  integer,
  joinRecordRef,
  list,
  metrics,
  modelRef,
  number,
  orNone,
  percent,
  recordRef,
  runId,
  splitRecordRef,
  type Type,
  textList,
  url,
  version,
} from '../index.ts';

const HEX = 'a'.repeat(64);
const accepts = <T>(type: Type<T>, text: string, value: unknown) => expect(type.parse(text)).toEqual(value);
const refuses = (type: Type<unknown>, text: string, why: RegExp) =>
  expect(() => type.parse(text)).toThrow(why);

describe('flag and decisions', () => {
  it('take their own words only', () => {
    accepts(flag, 'true', true);
    accepts(flag, 'false', false);
    for (const text of ['True', '1', 'yes', ' true', 'FALSE']) refuses(flag, text, /is not a flag/);
    refuses(decision, 'approved', /not one of the allowed words/);
    accepts(canaryDecision, 'none', 'none');
  });

  it('never take an empty text for a decision', () => {
    for (const type of [flag, decision, canaryDecision, runId, digest, recordRef, imageRef, modelRef]) {
      refuses(type as Type<unknown>, '', /is empty/);
    }
  });
});

describe('identities', () => {
  it('RunId: MLflow and W&B ids fit, words of enums are reserved', () => {
    accepts(runId, '0123456789abcdef0123456789abcdef', '0123456789abcdef0123456789abcdef');
    refuses(runId, 'previous', /reserved/);
    refuses(runId, 'short', /not a RunId/);
    refuses(runId, 'has space1', /not a RunId/);
  });

  it('an image needs a digest', () => {
    accepts(imageRef, `127.0.0.1:5000/qwen@sha256:${HEX}`, `127.0.0.1:5000/qwen@sha256:${HEX}`);
    refuses(imageRef, 'registry/qwen:latest', /not a ImageRef/);
  });

  it('a record is pinned and splits into its halves', () => {
    const ref = recordRef.parse(`s3://bucket/run/record#sha256=${HEX}`);
    const { uri, digest: sha } = splitRecordRef(ref);
    expect(joinRecordRef(uri, sha)).toBe(ref);
    refuses(recordRef, 's3://bucket/run/record', /not a RecordRef/);
  });

  it('models come from a path, a run, S3 or OCI, never from a hub', () => {
    for (const text of ['models/base', '/m', 'runs:/abcdefgh/adapter', 's3://b/k', 'oci://r/n@sha256:x'])
      accepts(modelRef, text, text);
    refuses(modelRef, 'https://huggingface.co/x', /not a ModelRef/);
    refuses(modelRef, 'hf://org/name', /not a ModelRef/);
  });
});

describe('quantities', () => {
  it('Percent has at most two decimals', () => {
    accepts(percent, '0.25', 0.25);
    for (const text of ['101', '-1', '1.234', '5%', '', '1e1']) refuses(percent, text, /percentage/);
  });

  it('Duration asks "30 what?"', () => {
    accepts(duration, '30s', 30_000);
    accepts(duration, '1.5h', 5_400_000);
    accepts(duration, '250ms', 250);
    refuses(duration, '30', /30 what/);
  });

  it('numbers are finite and within their range', () => {
    accepts(number({ min: 0 }), '1e-3', 0.001);
    for (const text of ['NaN', 'Infinity', '1e999', '0x10', '', ' 1']) refuses(number(), text, /finite/);
    refuses(integer({ min: 1 }), '0', /under 1/);
  });

  it('Version splits its name from semver and date', () => {
    accepts(version, 'qwen-7b-chat-v1.2.0-canary-20250405', {
      name: 'qwen-7b-chat',
      semver: '1.2.0',
      canary: '20250405',
    });
    refuses(version, '1.2.0', /not a version/);
  });

  it('Duration: parse(format(x)) is x', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e11 }), (ms) => duration.parse(duration.format(ms)) === ms),
    );
  });

  it('Percent: parse(format(x)) is x', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10_000 }),
        (bp) => percent.parse(percent.format(bp / 100)) === bp / 100,
      ),
    );
  });
});

describe('structures', () => {
  it('Metrics refuses what JSON cannot say', () => {
    accepts(metrics, '{"a":1}', { a: 1 });
    refuses(metrics, '{"a":null}', /finite/);
    expect(() => metrics.format({ a: Number.NaN })).toThrow(/finite/);
  });

  it('lists travel as JSON or between commas', () => {
    accepts(textList, '["a","b"]', ['a', 'b']);
    accepts(list(percent), '1, 5\n25', [1, 5, 25]);
  });

  it('a Document is inline when it is a map or a list', () => {
    accepts(document, 'gates.yaml', { path: 'gates.yaml' });
    accepts(document, 'C:/x/gates.yaml', { path: 'C:/x/gates.yaml' });
    accepts(document, '{a: 1}', { inline: '{a: 1}' });
    accepts(document, 'a: 1\nb: 2', { inline: 'a: 1\nb: 2' });
    accepts(document, '- a\n- [', { inline: '- a\n- [' });
  });

  it('`none` is a value of its own', () => {
    accepts(orNone(flag), 'none', 'none');
    refuses(orNone(flag), '', /is empty/);
  });

  it('secrets are named by a variable, addresses by their scheme', () => {
    accepts(envName, 'API_KEY', 'API_KEY');
    refuses(envName, 'sk-123', /not a name/);
    accepts(url, 'http://127.0.0.1:8000/', 'http://127.0.0.1:8000');
    refuses(url, '127.0.0.1:8000', /not an address/);
  });
});
