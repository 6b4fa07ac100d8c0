import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseInputs, type RunId } from '@sluice/contract';
import { type TestHost, testHost } from '@sluice/host';
import { pythonEnvironment, run as runProgram } from '@sluice/process';
import { openStore } from '@sluice/store';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { definition as imageDefinition } from '../../actions/build-vllm-image/src/definition.ts';
import { approved } from '../../actions/build-vllm-image/src/proof.ts';
import { prove } from '../../actions/canary-step/src/proof.ts';
import { definition } from '../../actions/eval-gate/src/definition.ts';
import { run } from '../../actions/eval-gate/src/run.ts';
import { readTrustedKeys } from '../../packages/record/src/index.ts';
import { makeKeys } from './openssl.ts';

const FIXTURES = join(import.meta.dirname, '../../packages/evaluation/fixtures/lm-eval');
const MODEL = `sha256:${'a'.repeat(64)}`;

let host: TestHost;
beforeEach(async () => {
  host = testHost({ action: 'eval-gate' });
  for (const name of ['good', 'better'])
    cpSync(join(FIXTURES, name), join(host.workspace, name), { recursive: true });
  host.write('gates.yaml', 'gates: [{metric: exact_match@last-number, at-least: 0.8}]');
  await makeKeys(host.workspace, 'ours', 'ed25519');
  await makeKeys(host.workspace, 'theirs', 'P-256');
});
afterEach(() => host.dispose());

/** Judges the good model; returns the run. */
async function gate(inputs: Record<string, string>): Promise<RunId> {
  const all = {
    gates: 'gates.yaml',
    candidate: 'better',
    'model-digest': MODEL,
    register: 'sums',
    model: '/models/sums',
    ...inputs,
  };
  const { outputs } = await run(parseInputs(definition, new Map(Object.entries(all))), host);
  return outputs['run-id'] as RunId;
}
const store = () => openStore({ workspace: host.workspace, env: {} });
const trusted = (file: string) => readTrustedKeys(file, host);
const canary = async (runId: RunId, keys: string) =>
  prove(
    { runId, record: undefined, image: undefined, version: undefined, trusted: await trusted(keys) },
    await store(),
  );
const image = async (runId: RunId, keys: string) => {
  const inputs = { image: 'registry.example/sums', 'run-id': runId, 'trusted-keys': keys };
  return approved(parseInputs(imageDefinition, new Map(Object.entries(inputs))), await store(), host);
};
const recordOf = (runId: string) => join(host.workspace, '.sluice/store', runId, 'record');
const envelopeOf = (runId: string) => {
  const [name] = readdirSync(recordOf(runId)).filter((file) => file.endsWith('.dsse.json'));
  return join(recordOf(runId), name as string);
};

describe.each([
  ['ours', 'Ed25519', 'theirs'],
  ['theirs', 'P-256', 'ours'],
])('a decision signed by a key that openssl made (%s, %s)', (name, _, other) => {
  test('starts a rollout and unlocks an image by its run alone, under that key and no other', async () => {
    const runId = await gate({ 'signing-key': `${name}.key` });
    expect(await canary(runId, `${name}.pub`)).toMatchObject({
      runId,
      version: 'sums-v1.0.0',
      identity: { model: MODEL },
    });
    const found = await image(runId, `${name}.pub`);
    expect(found).toMatchObject({ runId, refused: undefined, identity: { model: MODEL } });
    expect(found.record).toMatch(/#sha256=[0-9a-f]{64}$/);
    for (const ask of [canary, image])
      await expect(ask(runId, `${other}.pub`)).rejects.toMatchObject({
        exitCode: 2,
        message: expect.stringMatching(/No gate's decision .* is signed by a key of trusted-keys/),
      });
  });

  test('is verified by securesystemslib too, and not under another key', async () => {
    const runId = await gate({ 'signing-key': `${name}.key` });
    const { python, env } = await pythonEnvironment({
      name: 'signatures',
      requirements: ['securesystemslib[crypto]==1.*'],
    });
    const verify = (key: string) =>
      runProgram(
        [python, join(import.meta.dirname, 'verify.py'), envelopeOf(runId), join(host.workspace, key)],
        { env },
      );
    const told = await verify(`${name}.pub`);
    expect(JSON.parse(told.stdout)).toMatchObject({
      accepted: 1,
      statement: {
        subject: [{ name: 'model' }],
        predicate: { sluice: { decision: 'approve', run_id: runId } },
      },
    });
    const refused = await verify(`${other}.pub`);
    expect(refused.code).not.toBe(0);
    expect(refused.tail.join('\n')).toMatch(/VerificationError|Accepted signatures do not match threshold/);
  }, 300_000);
});

test('a decision that is not signed, or whose signature was altered, starts nothing', async () => {
  const unsigned = await gate({});
  await expect(canary(unsigned, 'ours.pub')).rejects.toThrow(/has no signature/);
  const signed = await gate({ 'signing-key': 'ours.key' });
  const file = envelopeOf(signed);
  const text = readFileSync(file, 'utf8');
  const { sig } = JSON.parse(text).signatures[0] as { sig: string };
  writeFileSync(file, text.replace(sig, Buffer.alloc(64, 7).toString('base64')));
  await expect(canary(signed, 'ours.pub')).rejects.toThrow(/is not valid: it names a trusted key/);
  await expect(image(signed, 'ours.pub')).rejects.toThrow(/is not valid/);
});

test('the key comes from a file, a variable or a secret, is never shown, and is asked for before anything is judged', async () => {
  const pem = readFileSync(join(host.workspace, 'ours.key'), 'utf8');
  Object.assign(host, { env: { SIGNING: pem } });
  const runId = await gate({ 'signing-key': 'env:SIGNING' });
  await canary(runId, 'ours.pub');
  await canary(await gate({ 'signing-key': pem }), 'ours.pub');
  expect(host.secrets.cut(pem)).not.toContain(pem.split('\n')[1]);
  const mistakes = [
    ['env:NOBODY', /the variable NOBODY is empty or not set/],
    ['absent.key', /the file 'absent.key' cannot be read/],
    ['ours.pub', /The signing key cannot be read/],
  ] as const;
  for (const [key, message] of mistakes)
    await expect(gate({ 'signing-key': key, candidate: 'nowhere' })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message),
    });
});

test('a baseline of the registry is believed only where a trusted key signed the decision that names it', async () => {
  await gate({ 'signing-key': 'ours.key', alias: 'production' });
  const against = {
    gates: '{gates: [{metric: exact_match@last-number, not-worse-than: baseline, margin: 0.2}]}',
    baseline: 'registry:sums@production',
  };
  expect(await gate({ ...against, 'trusted-keys': 'ours.pub' })).toBeTruthy();
  await expect(gate({ ...against, 'trusted-keys': 'theirs.pub' })).rejects.toThrow(/No gate's decision/);
});

test.each([
  ['', /holds no trusted key/],
  [
    '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n',
    /keys.pem, key 1: A trusted key cannot be read/,
  ],
])('a file of trusted keys that is none (%j) is the user’s mistake', async (text, message) => {
  host.write('keys.pem', text);
  await expect(canary('run-00001' as RunId, 'keys.pem')).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(message),
  });
});
