import { describe, expect, it } from 'vitest';
import { infoIn, proxiesIn, serversIn, variableIn } from './replies.ts';
import { backendOf } from './router.ts';

const servers = serversIn(`1
# be_id be_name srv_id srv_name srv_addr srv_op_state srv_port
4 stable 1 s1 127.0.0.1 2 18090
4 stable 2 s2 ::1 2 18092
5 canary 1 c1 127.0.0.1 2 18091
`);

describe("HAProxy's answers", () => {
  it('hold a variable after the noise of other commands', () => {
    const reply = '\n\nproc.canary: type=sint value=<2500>\nproc.canary_salt: type=str value=<a>\n';
    expect(variableIn(reply, 'proc.canary')).toBe('2500');
    expect(variableIn(reply, 'proc.canary_salt')).toBe('a');
    expect(variableIn('Variable not found.\n', 'proc.canary')).toBeUndefined();
  });

  it('hold the process, proxies and servers', () => {
    expect(infoIn('Name: HAProxy\nPid: 12\nStart_time_sec: 1795265903\n\n')).toEqual({
      Name: 'HAProxy',
      Pid: '12',
      Start_time_sec: '1795265903',
    });
    expect(proxiesIn('# pxname,svname,\nusers,FRONTEND,,\nstable,BACKEND,0\n\n')).toEqual({
      frontends: ['users'],
      backends: ['stable'],
    });
    expect(servers.get('stable')).toEqual([
      { name: 's1', address: '127.0.0.1:18090' },
      { name: 's2', address: '[::1]:18092' },
    ]);
  });
});

describe('a slot', () => {
  const backends = ['stable', 'canary'];
  it.each([
    ['canary', 'canary'],
    ['127.0.0.1:18091', 'canary'],
    ['http://[::1]:18092/v1', 'stable'],
  ])('%s is backend %s', (given, backend) => {
    expect(backendOf(given, 'canary', backends, servers)).toBe(backend);
  });
  it('is not guessed', () => {
    expect(() => backendOf('127.0.0.1:1', 'canary', backends, servers)).toThrow(/canary \(127.0.0.1:18091\)/);
  });
});
