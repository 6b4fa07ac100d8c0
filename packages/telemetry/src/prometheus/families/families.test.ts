import { describe, expect, it } from 'vitest';
import { families, familyNamed, slotMatch } from './families.ts';
import { type Counter, type Family, percent, selector } from './family.ts';

const all = Object.entries(families) as [string, Family][];
const countersOf = (family: Family): Counter[] => [
  ...(family.requests ?? []),
  ...(family.errors ?? []),
  ...(family.aborted ?? []),
  ...(family.cutOff ?? []),
  ...[family.latency, family.first, family.perToken, family.tokens?.count, family.tokens?.seconds].filter(
    (c) => c !== undefined,
  ),
];

describe('the table of metric names', () => {
  it.each(all)('%s is made of selectors', (_, family) => {
    for (const counter of countersOf(family))
      expect(selector(counter, slotMatch('x', family))).toMatch(
        /^[a-z_:][\w:]*\{([\w]+(=|!=|=~|!~)"[^"]*",?)+\}$/i,
      );
    for (const { metric } of [family.latency, family.first, family.perToken].filter((b) => b !== undefined))
      expect(metric).toMatch(/_bucket$/);
  });

  it.each(all)('%s either counts requests and errors, or is about devices', (_, family) => {
    expect(family.requests !== undefined && family.errors !== undefined).toBe(family.requests !== undefined);
    expect(family.requests ?? family.gpu).toBeDefined();
  });

  it("says why open-source NGINX's exporter is none", () =>
    expect(() => familyNamed('nginx')).toThrow(/whole server.*access log.*nginx-vts/));

  it('finds every version of a model that Seldon has numbered', () => {
    expect(selector(families.seldon.requests[0], slotMatch('qwen-v1.1', families.seldon))).toBe(
      'seldon_model_infer_total{model_internal=~"qwen-v1\\\\.1_[0-9]+"}',
    );
    expect(slotMatch('model="qwen"', families.seldon)).toBe('model="qwen"');
  });

  it('asks for the fullest of the devices', () => {
    const { memory, utilisation } = families.dcgm.gpu;
    expect(percent(memory, 'pod="a"', 'max', 60_000)).toBe(
      'max(100 * max_over_time(DCGM_FI_DEV_FB_USED{pod="a"}[60s]) / (avg_over_time(DCGM_FI_DEV_FB_USED{pod="a"}[60s]) + avg_over_time(DCGM_FI_DEV_FB_FREE{pod="a"}[60s])))',
    );
    expect(percent(utilisation, 'pod="a"', 'avg', 60_000)).toBe(
      'max(1 * avg_over_time(DCGM_FI_DEV_GPU_UTIL{pod="a"}[60s]))',
    );
  });
});
