import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** How a server misbehaves: a real one cannot be brought to each of these faults at will. */
export type Fault =
  | 'none'
  | 'crash'
  | 'unauthorized'
  | 'rate-limit'
  | 'slow'
  | 'stall'
  | 'empty'
  | 'role-only'
  | 'not-json'
  | 'no-choices'
  | 'not-utf8'
  | 'broken-stream'
  | 'error-in-stream'
  | 'no-stream'
  | 'no-usage'
  | 'refuses-stream-options'
  | 'echoes-key'
  | 'models-500';

export interface FaultyServer extends AsyncDisposable {
  readonly url: string;
  fault: Fault;
  /** Chat requests so far. */
  readonly chats: number;
  readonly bodies: readonly Record<string, unknown>[];
}

const TOKENS = ['机器', '学习', ' is', ' learning', ' 🙂'];

/** A server on a free port of 127.0.0.1 that speaks the OpenAI protocol, wrongly where `fault` says so. `/health` is always fine. */
export async function faultyServer(fault: Fault = 'none'): Promise<FaultyServer> {
  const bodies: Record<string, unknown>[] = [];
  const state = { fault };
  const server = createServer((request, response) => {
    answer(request, response, state.fault, bodies).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get fault() {
      return state.fault;
    },
    set fault(value) {
      state.fault = value;
    },
    get chats() {
      return bodies.length;
    },
    bodies,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  fault: Fault,
  bodies: Record<string, unknown>[],
) {
  const json = (status: number, value: unknown) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  if (request.url === '/health') return response.end();
  if (request.url === '/v1/models')
    return fault === 'models-500'
      ? json(500, { detail: 'Internal Server Error' })
      : json(200, { data: [{ id: 'toy' }] });
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
  bodies.push(body);
  const usage = fault === 'no-usage' ? {} : { usage: { completion_tokens: 7 } };

  switch (fault) {
    case 'crash':
      return json(500, { error: { message: 'EngineDeadError' } });
    case 'unauthorized':
      return json(401, { error: { message: 'Invalid API key' } });
    case 'echoes-key':
      return json(401, { error: { message: `Invalid API key ${request.headers.authorization}` } });
    case 'rate-limit':
      return json(429, { detail: 'Too many requests' });
    case 'slow':
      await delay(400);
      break;
    case 'stall':
      return response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    case 'not-json':
      return response
        .writeHead(200, { 'content-type': body.stream ? 'text/event-stream' : 'application/json' })
        .end('data: <html>\n\n');
    case 'no-choices':
      return body.stream
        ? response.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: {"id":"x"}\n\n')
        : json(200, { id: 'x' });
    case 'refuses-stream-options':
      if (body.stream_options) return json(422, { detail: 'Unexpected keys in the request: stream_options' });
  }
  if (!body.stream || fault === 'no-stream') {
    const content = fault === 'empty' || fault === 'role-only' ? ' \n' : TOKENS.join('');
    return json(200, {
      model: 'toy',
      choices: [{ message: { role: 'assistant', content }, finish_reason: 'stop' }],
      ...usage,
    });
  }
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  const send = (value: unknown) => response.write(`data: ${JSON.stringify(value)}\r\n\r\n`);
  if (fault === 'empty') return response.end();
  send({ model: 'toy', choices: [{ delta: { role: 'assistant', content: '' } }] });
  await delay(30);
  if (fault === 'not-utf8')
    return response.end(Buffer.from([0x64, 0x61, 0x74, 0x61, 0x3a, 0xff, 0xfe, 0x0a, 0x0a]));
  if (fault === 'role-only') return response.end('data: [DONE]\n\n');
  for (const [i, content] of TOKENS.entries()) {
    if (fault === 'broken-stream' && i === 3) return response.end();
    if (fault === 'error-in-stream' && i === 3) {
      send({ error: { message: 'CUDA out of memory' } });
      return response.end();
    }
    send({ choices: [{ delta: { content } }] });
    await delay(5);
  }
  send({ choices: [{ delta: {}, finish_reason: 'stop' }] });
  send({ choices: [], ...usage });
  return response.end('data: [DONE]\n\n');
}
