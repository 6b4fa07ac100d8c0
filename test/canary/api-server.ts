import { createServer } from 'node:http';

/** A server that says what it serves and answers every chat. */
export interface ApiServer {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startApiServer(model: string): Promise<ApiServer> {
  const server = createServer((request, response) => {
    const body =
      request.url === '/v1/models'
        ? { object: 'list', data: [{ id: model, object: 'model' }] }
        : {
            model,
            choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
          };
    request
      .resume()
      .on('end', () =>
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
      );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
