import { expect, test } from 'vitest';
import { mayChooseTorchIndex, uvVariables } from './index-variables.ts';
import { indexIsAway } from './installer.ts';
import { olderThan } from './interpreter.ts';
import { meaningfulLines } from './requirements.ts';

test("pip's index holds for uv, and uv's own wins", () => {
  const pip = { PIP_INDEX_URL: 'https://pip.example/simple', PIP_FIND_LINKS: '/a /b', PIP_CERT: '/ca.pem' };
  expect(uvVariables(pip, '/cache')).toMatchObject({
    UV_DEFAULT_INDEX: 'https://pip.example/simple',
    UV_FIND_LINKS: '/a,/b',
    SSL_CERT_FILE: '/ca.pem',
    UV_CACHE_DIR: '/cache/uv',
  });
  const both = { ...pip, UV_INDEX_URL: 'https://uv.example/simple', UV_CACHE_DIR: '/own' };
  expect(uvVariables(both, '/cache')).not.toHaveProperty('UV_DEFAULT_INDEX');
  expect(uvVariables(both, '/cache')).toMatchObject({ UV_CACHE_DIR: '/own' });
});

test('nothing makes the interpreter look outside its own folder', () => {
  const env = uvVariables({ PYTHONPATH: '/evil', PYTHONHOME: '/x', VIRTUAL_ENV: '/y', HOME: '/h' }, '/cache');
  expect(Object.keys(env)).not.toEqual(expect.arrayContaining(['PYTHONPATH']));
  expect(env).toMatchObject({ HOME: '/h', PYTHONNOUSERSITE: '1' });
});

test("PyTorch's own index is only asked for torch, and never past an index that the user chose", () => {
  expect(mayChooseTorchIndex({}, ['torch==2.14.0'])).toBe(true);
  expect(mayChooseTorchIndex({}, ['torch-geometric', 'torchaudio', 'ruff'])).toBe(false);
  expect(mayChooseTorchIndex({ PIP_INDEX_URL: 'https://pip.example/simple' }, ['torch'])).toBe(false);
  expect(mayChooseTorchIndex({ UV_TORCH_BACKEND: 'cu128' }, ['torch'])).toBe(false);
});

test('an index that is away is not a fault of the requirements', () => {
  expect(indexIsAway('error: client error (Connect)\n cause: dns error')).toBe(true);
  expect(
    indexIsAway("Retrying ... 'NewConnectionError'\nERROR: No matching distribution found for ruff"),
  ).toBe(true);
  expect(indexIsAway('Because ruff==99 was not found in the package registry')).toBe(false);
});

test('versions are compared as numbers', () => {
  expect([olderThan('3.9.18', '3.10'), olderThan('3.10.0', '3.10'), olderThan('3.14.0rc1', '3.10')]).toEqual([
    true,
    false,
    false,
  ]);
});

test('comments and blank lines of a requirements file do not count, a URL fragment does', () => {
  expect(meaningfulLines('# a\n\nruff==1 # why\nx \\\n  ==2\nz @ https://h/z.zip#sha256=ab\n')).toEqual([
    'ruff==1',
    'x    ==2',
    'z @ https://h/z.zip#sha256=ab',
  ]);
});
