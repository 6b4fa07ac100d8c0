import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An OpenAI-compatible server of one model, on a free port of this machine. */
export interface ChatServer extends AsyncDisposable {
  readonly url: string;
}

/** @param answer what it says to a prompt (all messages, a line each): a text, or the status of a failure */
export async function chatServer(
  model: string,
  answer: (prompt: string, headers: IncomingHttpHeaders) => string | number,
): Promise<ChatServer> {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      const reply = (status: number, value: object) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
      if (request.method === 'GET') {
        reply(200, { object: 'list', data: [{ id: model, object: 'model' }] });
        return;
      }
      const { messages } = JSON.parse(body) as { messages: { content: unknown }[] };
      const prompt = messages.map(({ content }) => textOf(content)).join('\n');
      const said = answer(prompt, request.headers);
      if (typeof said === 'number') {
        reply(said, { error: { message: `status ${said}` } });
        return;
      }
      reply(200, {
        id: 'x',
        object: 'chat.completion',
        created: 0,
        model,
        choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: said } }],
        usage: { prompt_tokens: 5, completion_tokens: 1, total_tokens: 6 },
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A message's text; some clients send it in parts. */
function textOf(content: unknown): string {
  return typeof content === 'string' ? content : JSON.stringify(content);
}
