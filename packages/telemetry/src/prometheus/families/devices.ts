import type { Family } from './family.ts';

/** What the engines run on. These add to another source. */
export const devices = {
  dcgm: {
    read: 'dcgm-exporter 4.5, etc/default-counters.csv',
    note: 'in Kubernetes choose by pod: `pod=~"qwen-canary-.*"` (`exported_pod`, where Prometheus keeps its own labels)',
    label: 'Hostname',
    gpu: {
      memory: { metric: 'DCGM_FI_DEV_FB_USED', of: ['DCGM_FI_DEV_FB_USED', 'DCGM_FI_DEV_FB_FREE'] },
      utilisation: { metric: 'DCGM_FI_DEV_GPU_UTIL', times: 1 },
    },
  },
} as const satisfies Record<string, Family>;
