import { expect, test } from 'vitest';
import { inPlaces, places, visibleDevices } from './devices.ts';

const TWO = 'GPU 0: NVIDIA H200 (UUID: GPU-aa)\nGPU 1: NVIDIA H200 (UUID: GPU-bb)\n';
const CUT = `GPU 0: NVIDIA A100 (UUID: GPU-aa)
  MIG 1g.10gb     Device  0: (UUID: MIG-1)
  MIG 1g.10gb     Device  1: (UUID: MIG-2)
GPU 1: NVIDIA A100 (UUID: GPU-bb)
`;

test.each([
  [undefined, TWO, ['0', '1']],
  [undefined, CUT, ['MIG-1', 'MIG-2', '1']],
  [undefined, '', []],
  [undefined, 'No devices were found\n', []],
  ['3, 1', TWO, ['3', '1']],
  ['GPU-bb', TWO, ['GPU-bb']],
  ['', TWO, []],
  ['-1', TWO, []],
  ['2,-1,0', TWO, ['2']],
])('CUDA_VISIBLE_DEVICES %j and what nvidia-smi lists: %#', (given, listing, expected) => {
  expect(visibleDevices(given, listing)).toEqual(expected);
});

test.each([
  [['0', '1'], undefined, 3, [['0'], ['1']]],
  [
    ['0', '1', '2', '3'],
    undefined,
    2,
    [
      ['0', '1'],
      ['2', '3'],
    ],
  ],
  [['0', '1', '2'], 2, 5, [['0'], ['1', '2']]],
  [['0'], 3, 3, [['0'], ['0'], ['0']]],
  [[], undefined, 3, [[]]],
  [[], 2, 3, [[], []]],
])('GPUs %j, parallel %j, %d variants', (devices, parallel, variants, expected) => {
  expect(places(devices, parallel, variants)).toEqual(expected);
});

test('no more at a time than there are places, results in their order', async () => {
  let now = 0;
  let most = 0;
  const done = await inPlaces([1, 2, 3, 4, 5], ['a', 'b'], async (n, place) => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setImmediate(resolve));
    now--;
    return `${n}${place}`;
  });
  expect(most).toBe(2);
  expect(done.map((text) => text[0])).toEqual(['1', '2', '3', '4', '5']);
});

test('after a failure nothing new begins, and what runs is waited for', async () => {
  const ended: number[] = [];
  const failing = inPlaces([1, 2, 3, 4], ['a', 'b'], async (n) => {
    if (n === 1) throw new Error('first');
    await new Promise((resolve) => setImmediate(resolve));
    ended.push(n);
  });
  await expect(failing).rejects.toThrow('first');
  expect(ended).toEqual([2]);
});
