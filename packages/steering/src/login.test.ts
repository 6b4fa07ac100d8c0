import { describe, expect, it } from 'vitest';
import { withLogin } from './login.ts';

describe('withLogin', () => {
  it("reads a Prometheus with this job's login and certificates", () => {
    const env = {
      PROMETHEUS_USERNAME: 'a',
      PROMETHEUS_PASSWORD: 'p@',
      PROMETHEUS_CERT_FILE: 'c.pem',
      PROMETHEUS_KEY_FILE: '/k.pem',
    };
    expect(withLogin('/a.log\nhttps://prom/?family=vllm', env, '/w')).toEqual({
      metrics: '/a.log\nhttps://a:p%40@prom/?family=vllm',
      tls: { cert: '/w/c.pem', key: '/k.pem' },
    });
    expect(withLogin('https://prom', { PROMETHEUS_TOKEN: 't' }, '/w')).toEqual({
      metrics: 'https://prom',
      tls: {},
      token: 't',
    });
  });
});
