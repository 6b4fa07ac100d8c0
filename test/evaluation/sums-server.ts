import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An OpenAI-compatible server that adds up the last "<a> plus <b>" it is asked for and errs where `errs` says so. */
export async function sumsServer(errs: (a: number) => boolean): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      if (request.method === 'GET') {
        response.end(JSON.stringify({ object: 'list', data: [{ id: 'sums', object: 'model' }] }));
        return;
      }
      const asked = JSON.stringify(JSON.parse(body).messages);
      const [a, b] = (
        asked
          .match(/(\d+) plus (\d+)/g)
          ?.at(-1)
          ?.match(/\d+/g) ?? []
      ).map(Number) as [number, number];
      const message = { role: 'assistant', content: String(a + b + (errs(a) ? 1 : 0)) };
      const usage = { prompt_tokens: 5, completion_tokens: 1, total_tokens: 6 };
      response.end(
        JSON.stringify({
          id: 'x',
          object: 'chat.completion',
          created: 0,
          model: 'sums',
          usage,
          choices: [{ index: 0, finish_reason: 'stop', message }],
        }),
      );
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
