import { expect, it } from 'vitest';
import { servedBy } from './models.ts';

const digest = `sha256:${'a'.repeat(64)}`;

it('a version serves what its specification names by digest', () => {
  expect(servedBy('r2', { model: { storageUri: `oci://reg.example/qwen@${digest}` } })).toEqual({
    pod: 'r2',
    images: [`oci://reg.example/qwen@${digest}`],
  });
  const containers = [{ image: `vllm@${digest}` }, { image: 'proxy:1' }];
  expect(servedBy('r2', { containers }).images).toEqual([`vllm@${digest}`]);
  expect(servedBy('next', { model: { uri: 'hf://Qwen/Qwen3-8B' }, template: { containers } }).images).toEqual(
    [`vllm@${digest}`],
  );
  expect(() => servedBy('r2', { model: { storageUri: 's3://models/qwen' } })).toThrow(
    /r2 names what it serves without a digest \(s3:\/\/models\/qwen\)/,
  );
  expect(() => servedBy('r2', {})).toThrow(/\(nothing\)/);
});
