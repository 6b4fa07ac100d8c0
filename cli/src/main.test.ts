import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { main } from './main.ts';
import { VERSION } from './version.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function sluice(...argv: string[]) {
  let stdout = '';
  let stderr = '';
  const exit = await main(argv, {
    programs: '/programs',
    env: { SLUICE_STORE_URL: join(folder, 'store'), PATH: process.env.PATH },
    cwd: folder,
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
  });
  return { exit, stdout, stderr };
}

describe('sluice', () => {
  it('knows its version, the one of its package', async () => {
    const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    expect(VERSION).toBe(manifest.version);
    expect(await sluice('--version')).toEqual({ exit: 0, stdout: `${VERSION}\n`, stderr: '' });
  });

  it.each([
    ['cannary-step', "unknown command 'cannary-step': did you mean 'canary-step'?"],
    ['aprove', "did you mean 'approve'?"],
    ['docter', "did you mean 'doctor'?"],
    ['deploy-everything', 'allowed: lint-and-unit, lora-train,'],
  ])('does not know %s', async (name, message) => {
    const { exit, stdout, stderr } = await sluice(name);
    expect(exit).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^bad input: /);
    expect(stderr).toContain(message);
  });

  it('helps with an action from its definition', async () => {
    const { exit, stdout } = await sluice('canary-step', '--help');
    expect(exit).toBe(0);
    expect(stdout).toContain('sluice canary-step --target <Text> [--input value …]');
    expect(stdout).toMatch(/--busy <Busy>\s+What to do/);
    expect(stdout).toContain("Allowed: 'refuse', 'replace'. Default: refuse.");
    expect(stdout).toMatch(/next-check\s+When to look next/);
    expect(stdout.split('\n').every((line) => line.length <= 140)).toBe(true);
  });

  it('refuses a misspelt input of an action', async () => {
    const { exit, stderr } = await sluice('canary-step', '--traget', 'tcp:a:1');
    expect(exit).toBe(2);
    expect(stderr).toContain("unknown input 'traget': did you mean 'target'?");
  });

  it.each(['approve', 'pause', 'resume', 'abort'])('%s asks for its target first', async (order) => {
    const { exit, stderr } = await sluice(order, '--reason', 'x');
    expect(exit).toBe(2);
    expect(stderr).toMatch(/needs a target first/);
  });

  it('hands an order on to canary-step', async () => {
    const { exit, stdout } = await sluice('pause', 'tcp:127.0.0.1:1', '--reason', 'lunch', '--json');
    // nobody listens there: the router did not answer, and canary-step says so
    expect(exit).toBe(4);
    expect(JSON.parse(stdout)).toMatchObject({ action: 'canary-step', exit: 4 });
  });

  it('names the option of a command that does not exist', async () => {
    const { exit, stderr } = await sluice('doctor', '--tracking-url', 'x');
    expect(exit).toBe(2);
    expect(stderr).toContain('unknown option --tracking-url: did you mean --tracking-uri?');
  });
});
