import { Agent, request } from 'node:http';

/** What simulated users saw. */
export interface Seen {
  requests: number;
  /** Everything that was not a whole answer of status 200. */
  readonly failures: string[];
  readonly versions: Map<string, number>;
  streams: number;
  /** Streams whose end never came. */
  readonly cut: string[];
}

/** Asks `perSecond` times a second, by one of many users, and keeps `streams` SSE streams open, until `until` is done. */
export async function simulateUsers(
  port: number,
  options: {
    readonly perSecond: number;
    readonly streams: number;
    readonly tokens?: number;
  },
  until: Promise<unknown>,
): Promise<Seen> {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const seen: Seen = { requests: 0, failures: [], versions: new Map(), streams: 0, cut: [] };
  let over = false;
  const done = until.finally(() => {
    over = true;
  });
  const pending = new Set<Promise<void>>();
  const keep = (work: Promise<void>): void => {
    pending.add(work);
    void work.finally(() => pending.delete(work));
  };
  const ask = async (): Promise<void> => {
    const user = `user-${Math.floor(Math.random() * 5000)}`;
    const { status, body } = await get(port, '/', user, agent);
    seen.requests++;
    if (status === 200) seen.versions.set(body, (seen.versions.get(body) ?? 0) + 1);
    else seen.failures.push(`${status} ${body}`);
  };
  const stream = async (i: number): Promise<void> => {
    while (!over) {
      const { status, body } = await get(port, `/stream?n=${options.tokens ?? 30}`, `reader-${i}`, agent);
      seen.streams++;
      if (status !== 200 || !body.endsWith('[DONE]\n\n')) seen.cut.push(`${status} ${body.slice(-80)}`);
    }
  };
  for (let i = 0; i < options.streams; i++) keep(stream(i));
  const started = Date.now();
  for (let sent = 0; !over; ) {
    // arrivals keep to the clock, however long an answer takes
    for (const due = ((Date.now() - started) * options.perSecond) / 1000; sent < due; sent++) keep(ask());
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await Promise.all(pending);
  agent.destroy();
  await done;
  return seen;
}

function get(
  port: number,
  path: string,
  user: string,
  agent: Agent,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve) => {
    const asked = request(
      { host: '127.0.0.1', port, path, agent, headers: { 'x-user-id': user } },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (text) => (body += text));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
        response.on('error', (error) => resolve({ status: 0, body: `${body} ${error.message}` }));
      },
    );
    asked.on('error', (error) => resolve({ status: 0, body: error.message }));
    asked.end();
  });
}
