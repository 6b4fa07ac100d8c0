import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  changelogSection,
  missingChangesets,
  planReleases,
  type Room,
  releasedFiles,
  touchedRooms,
} from './plan.ts';

const gate = (version: string) => ({ name: 'eval-gate', version });

describe('planReleases', () => {
  it('releases what has no tag, and moves the major to it', () => {
    expect(
      planReleases(
        [gate('1.2.3'), { name: 'quantize', version: '1.0.0' }],
        ['quantize/v1.0.0', 'quantize/v1'],
      ),
    ).toEqual([{ action: 'eval-gate', version: '1.2.3', tag: 'eval-gate/v1.2.3', moving: 'eval-gate/v1' }]);
  });

  it('a pre-release moves nothing', () => {
    expect(planReleases([gate('2.0.0-rc.1')], [])[0]?.moving).toBeUndefined();
  });

  it('a patch of an older line does not move its major back', () => {
    expect(planReleases([gate('1.2.4')], ['eval-gate/v1.3.0'])[0]?.moving).toBeUndefined();
    expect(planReleases([gate('1.2.4')], ['eval-gate/v2.0.0', 'eval-gate/v1.2.3'])[0]?.moving).toBe(
      'eval-gate/v1',
    );
    expect(planReleases([gate('1.10.0')], ['eval-gate/v1.9.0'])[0]?.moving).toBe('eval-gate/v1');
  });

  it('tags of look-alike actions do not count', () => {
    expect(
      planReleases([gate('1.0.0')], ['eval-gate-plus/v1.0.0', 'my-eval-gate/v1.0.0', 'eval-gate/v1']),
    ).toHaveLength(1);
  });

  it('is idempotent: after its own tags there is nothing left', () => {
    const versions = fc.tuple(fc.nat(9), fc.nat(9), fc.nat(9)).map((v) => v.join('.'));
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.record({ name: fc.constantFrom('a', 'a-b', 'b'), version: versions }), {
          selector: (x) => x.name,
        }),
        (actions) => {
          const tags = planReleases(actions, []).map((r) => r.tag);
          expect(planReleases(actions, tags)).toEqual([]);
        },
      ),
    );
  });
});

describe('releasedFiles', () => {
  it('keeps what runs and what is read, of this action alone', () => {
    const files = [
      'LICENSE',
      'README.md',
      'package.json',
      'actions/eval-gate/action.yml',
      'actions/eval-gate/gates.schema.json',
      'actions/eval-gate/schema.json',
      'actions/eval-gate/src/run.ts',
      'actions/quantize/action.yml',
      'dist/eval-gate/index.js',
      'dist/quantize/index.js',
      'dist/shared/index.js',
      'dist/shared/python/peft_train.py',
      'dist/licenses.txt',
      'dist/package.json',
    ];
    expect(releasedFiles('eval-gate', files)).toEqual([
      'LICENSE',
      'actions/eval-gate/action.yml',
      'actions/eval-gate/gates.schema.json',
      'actions/eval-gate/schema.json',
      'dist/eval-gate/index.js',
      'dist/shared/index.js',
      'dist/shared/python/peft_train.py',
      'dist/licenses.txt',
      'dist/package.json',
    ]);
  });
});

describe('changelogSection', () => {
  const text = '# x\n\n## 1.1.0\n\n### Minor Changes\n\n- new\n\n## 1.0.0\n\n- first\n';
  it('takes one version, whole', () => {
    expect(changelogSection(text, '1.1.0')).toBe('### Minor Changes\n\n- new');
    expect(changelogSection(text, '1.0.0')).toBe('- first');
    expect(changelogSection(text, '1.0')).toBeUndefined();
  });
});

describe('touchedRooms', () => {
  const room = (name: string, folder: string, ...dependencies: string[]): Room => ({
    name,
    folder,
    dependencies,
  });
  const rooms = [
    room('contract', 'packages/contract'),
    room('host', 'packages/host', 'contract'),
    room('statistics', 'packages/statistics'),
    room('gate', 'actions/eval-gate', 'host', 'statistics'),
    room('train', 'actions/lora-train', 'host'),
  ];

  it('a shared room releases the actions that depend on it and no others', () => {
    expect(touchedRooms(['packages/statistics/src/a.ts'], rooms)).toEqual(['gate', 'statistics']);
    expect(touchedRooms(['packages/contract/src/a.ts'], rooms)).toEqual([
      'contract',
      'gate',
      'host',
      'train',
    ]);
  });

  it('look-alike folders, tests and docs release nothing', () => {
    expect(
      touchedRooms(
        [
          'packages/statistics-more/src/a.ts',
          'packages/contract/src/a.test.ts',
          'packages/contract/README.md',
        ],
        rooms,
      ),
    ).toEqual([]);
  });

  it('names the actions that nobody announced', () => {
    expect(missingChangesets(['packages/host/src/a.ts'], rooms, ['gate'])).toEqual(['train']);
  });
});
