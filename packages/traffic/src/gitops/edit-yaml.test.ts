import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { editYaml, readYaml } from './edit-yaml.ts';
import { parseGitPlace } from './place.ts';
import { formatYamlPath, parseYamlPath, type YamlPath } from './yaml-path.ts';

const FILE = `# who gets what; ask Ada before changing
canary:   # the share
  weight: 25     # percent
  image: "reg.example/qwen@sha256:aa"
  'odd.key': 'it''s'
---
kind: HTTPRoute
spec:
  rules:
    - backendRefs:
        - {name: chat-stable, weight: 75}
        - name: chat-canary
          weight:    25 # here too
`;
const at = parseYamlPath;

describe('a value in a YAML file', () => {
  it('is replaced and nothing else', () => {
    expect(editYaml(FILE, at('canary.weight'), 50, 'f')).toBe(
      FILE.replace('weight: 25     #', 'weight: 50     #'),
    );
    expect(editYaml(FILE, at('spec.rules[0].backendRefs[name=chat-canary].weight'), 100, 'f')).toBe(
      FILE.replace('weight:    25 #', 'weight:    100 #'),
    );
    expect(editYaml(FILE, at('spec.rules[0].backendRefs[0].weight'), 0, 'f')).toContain('weight: 0}');
    expect(editYaml(FILE, at('canary.image'), 'reg.example/qwen@sha256:bb', 'f')).toContain(
      'image: "reg.example/qwen@sha256:bb"',
    );
    expect(editYaml(FILE, at('canary."odd.key"'), "Ada's", 'f')).toContain("'odd.key': 'Ada''s'");
  });

  it.each([
    ['canary.wait', /has nothing at canary\.wait/],
    ['canary', /holds a map or a list/],
    ['spec.rules[3].backendRefs', /has nothing/],
  ])('that is not there or is no value: %s', (path, message) => {
    expect(() => readYaml(FILE, at(path), 'f')).toThrow(message);
  });

  it('that is an alias, a block, in two documents or in a broken file is refused', () => {
    expect(() => readYaml('a: &x 1\nb: *x\n', at('b'), 'f')).toThrow(/alias \(\*x\)/);
    expect(() => readYaml('a: |\n  1\n', at('a'), 'f')).toThrow(/block of lines/);
    expect(() => readYaml('a: 1\n---\na: 2\n', at('a'), 'f')).toThrow(/2 of its documents/);
    expect(() => readYaml('a: [1', at('a'), 'f')).toThrow(/is no YAML/);
    // another place would change with it
    expect(() => editYaml('a: &x 1\nb: *x\n', at('a'), 2, 'f')).toThrow(/without touching others/);
  });

  it('comes back as it was written, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.integer(),
          fc.constantFrom('true', 'null', '1', 'a: b', '- x', '# y', "'", '~'),
        ),
        fc.constantFrom('plain', '"double"', "'single'", '7'),
        (value, before) => {
          const text = `x: 1 # one\ny: ${before} # two\nz: [a, b]\n`;
          const next = editYaml(text, at('y'), value, 'f');
          expect(parse(next)).toEqual({ x: 1, y: value, z: ['a', 'b'] });
          expect(next.endsWith(' # two\nz: [a, b]\n')).toBe(true);
        },
      ),
    );
  });
});

describe('a YAML path', () => {
  const step = fc.oneof(
    fc.record({ key: fc.string({ minLength: 1 }) }),
    fc.record({ index: fc.nat({ max: 999_999 }) }),
    fc.record({ key: fc.stringMatching(/^[a-zA-Z_-]{1,8}$/), is: fc.string({ minLength: 1 }) }),
  );
  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 5 }), (path) => {
        expect(parseYamlPath(formatYamlPath(path as YamlPath))).toEqual(path);
      }),
    );
  });
  it.each(['', '.a', 'a..b', 'a.', 'a[', 'a[x]', 'a b', 'a["x]'])('that is none: %j', (text) => {
    expect(() => parseYamlPath(text)).toThrow(/cannot be read/);
  });
});

describe('a place in git', () => {
  it.each([
    [
      'https://git.example/team/deploy.git#main:chat/values.yaml:canary.weight',
      'https://git.example/team/deploy.git',
    ],
    ['git@git.example:team/deploy.git#release/1:a.yaml:x[0]', 'git@git.example:team/deploy.git'],
    ['/srv/deploy.git#main:a b.yaml:x', '/srv/deploy.git'],
  ])('%s', (text, repository) => {
    expect(parseGitPlace(text).repository).toBe(repository);
  });
  it.each([
    ['/srv/deploy.git', /is no place/],
    ['/srv/deploy.git#main:values.yaml', /is no place/],
    ['ext::sh -c true#main:a.yaml:x', /git cannot fetch/],
    ['--upload-pack=true#main:a.yaml:x', /git cannot fetch/],
    ['/srv/d#--force:a.yaml:x', /no branch/],
    ['/srv/d#main:../a.yaml:x', /no path inside/],
    ['/srv/d#main:/etc/a.yaml:x', /no path inside/],
    ['https://u:secret@git.example/d#main:a.yaml:x', /GITOPS_TOKEN/],
  ])('that is none: %s', (text, message) => {
    expect(() => parseGitPlace(text)).toThrow(message);
    try {
      parseGitPlace(text);
    } catch (error) {
      expect(String(error)).not.toContain('secret');
    }
  });
});
