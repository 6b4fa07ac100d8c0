import { SystemError, UserError } from '@sluice/contract';
import type { PodImages, Router } from '@sluice/traffic';
import { describe, expect, it } from 'vitest';
import { imageBehind } from './image-behind.ts';

const [OURS, OTHER] = ['a', 'b'].map((letter) => `sha256:${letter.repeat(64)}`) as [string, string];
const IMAGE = `registry.example/qwen@${OURS}`;

const routerOf = (images: Router['images']) =>
  ({ slots: { stable: 'qwen-v1', canary: 'qwen-v2' }, ...(images ? { images } : {}) }) as Router;
const look = (images: Router['images'], image = IMAGE) =>
  imageBehind(routerOf(images), 'canary', image, AbortSignal.timeout(5000));
const pods = (...all: readonly string[][]) => {
  const found = all.map((images, i): PodImages => ({ pod: `pod-${i}`, images }));
  return async () => found;
};

describe('what the Pods behind a slot run', () => {
  it.each([
    ['the image of the record, whatever its registry is called', pods([`mirror.example/x/qwen@${OURS}`])],
    ['it beside a sidecar', pods([`proxy@${OTHER}`, IMAGE], [IMAGE])],
    ['what a router without Pods cannot say', undefined],
  ])('is right: %s', async (_, images) => expect(await look(images)).toEqual({}));

  it('is not compared where the rollout has no image', async () =>
    expect(await look(pods([`qwen@${OTHER}`]), 'none')).toEqual({}));

  it('is a problem where one of them runs another image, or none is there', async () => {
    const { problem } = await look(pods([IMAGE], [`registry.example/qwen@${OTHER}`]));
    expect(problem).toBe(
      `Pod pod-1 behind the slot canary (qwen-v2) runs registry.example/qwen@${OTHER}, not ${OURS} of the record`,
    );
    // an image by its tag alone is none that a record could prove
    expect((await look(pods(['registry.example/qwen:v2']))).problem).toMatch(
      /runs registry\.example\/qwen:v2, not/,
    );
    expect((await look(pods())).problem).toBe('no Pod behind the slot canary (qwen-v2) runs');
  });

  it('is said not to be compared where the API refuses, and a fault of ours is none', async () => {
    const refused = await look(async () => {
      throw new SystemError('not allowed to list pods (403)');
    });
    expect(refused).toEqual({
      note: 'what the Pods behind the slot canary (qwen-v2) run was not compared with the record: not allowed to list pods (403)',
    });
    await expect(
      look(async () => {
        throw new TypeError('ours');
      }),
    ).rejects.toThrow(TypeError);
    expect(new SystemError('x')).toBeInstanceOf(UserError);
  });
});
