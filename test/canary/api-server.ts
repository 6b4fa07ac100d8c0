import { createServer, type Server } from 'node:http';

/** How long users wait for an answer, milliseconds: so long that twice of it is more than a busy machine makes a probe wait. */
const USERS_WAIT = 60;

/** A server that says what it serves and answers every chat and every other request. */
export class ApiServer {
  /** What `/v1/models` says. */
  version: string;
  /** Share of requests, but for `/v1/models`, that fail with 500. */
  failing = 0;
  requests = 0;
  /** Asked for on `/v1/…`, where it is set. */
  key: string | undefined;
  readonly address: string;
  readonly #server: Server;

  private constructor(version: string, server: Server) {
    this.version = version;
    this.#server = server;
    this.address = `127.0.0.1:${(server.address() as { port: number }).port}`;
    server.keepAliveTimeout = 120_000;
    server.on('request', (request, response) => {
      const models = request.url === '/v1/models';
      if (!models) this.requests++;
      const open = !this.key || !request.url?.startsWith('/v1/');
      const known = open || request.headers.authorization === `Bearer ${this.key}`;
      const status = !known ? 401 : !models && Math.random() < this.failing ? 500 : 200;
      const body = models
        ? { object: 'list', data: [{ id: this.version, object: 'model' }] }
        : {
            model: this.version,
            choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
          };
      const answer = () =>
        response
          .writeHead(status, { 'content-type': 'application/json', 'x-version': this.version })
          .end(JSON.stringify(body));
      const wait = request.url?.startsWith('/v1/') ? 0 : USERS_WAIT;
      request.resume().on('end', () => (wait > 0 ? setTimeout(answer, wait) : answer()));
    });
  }

  static async start(version: string): Promise<ApiServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new ApiServer(version, server);
  }

  get url(): string {
    return `http://${this.address}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
