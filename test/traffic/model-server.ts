import { createServer, type Server } from 'node:http';

/** A tiny server that answers as one version of a model, counts what it was asked, and streams on `/stream`. */
export class ModelServer {
  readonly version: string;
  readonly port: number;
  /** Requests answered with each status. */
  readonly answered = new Map<number, number>();
  /** Share of plain requests that fail with 500. */
  failing = 0;
  /** Milliseconds before an answer. */
  delay = 0;
  readonly #server: Server;

  private constructor(version: string, server: Server, port: number) {
    this.version = version;
    this.#server = server;
    this.port = port;
  }

  static async start(version: string): Promise<ModelServer> {
    const server = createServer();
    server.keepAliveTimeout = 120_000;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const model = new ModelServer(version, server, (server.address() as { port: number }).port);
    server.on('request', (request, response) => {
      if (request.url === '/hang') return;
      if (request.url?.startsWith('/stream')) {
        const count = Number(new URL(request.url, 'http://x').searchParams.get('n') ?? 20);
        response.writeHead(200, { 'content-type': 'text/event-stream', 'x-version': version });
        let sent = 0;
        const timer = setInterval(() => {
          response.write(`data: ${JSON.stringify({ version, token: sent })}\n\n`);
          if (++sent === count) {
            clearInterval(timer);
            response.end('data: [DONE]\n\n');
            model.#count(200);
          }
        }, 100);
        response.on('close', () => clearInterval(timer));
        return;
      }
      if (request.url === '/cut') {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('half');
        setTimeout(() => response.destroy(), 50);
        return;
      }
      const status = Math.random() < model.failing ? 500 : 200;
      setTimeout(() => {
        response.writeHead(status, { 'x-version': version });
        response.end(version);
        model.#count(status);
      }, model.delay);
    });
    return model;
  }

  get requests(): number {
    return [...this.answered.values()].reduce((a, b) => a + b, 0);
  }

  #count(status: number): void {
    this.answered.set(status, (this.answered.get(status) ?? 0) + 1);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
