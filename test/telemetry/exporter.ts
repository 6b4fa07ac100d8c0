import { createServer, type Server } from 'node:http';

/** A scraped target that serves what a program's exporter would: series by name, which a test counts up. */
export class Exporter implements AsyncDisposable {
  readonly #server: Server;
  readonly #series = new Map<string, number>();
  /** Its process is gone: nothing is served. */
  down = false;

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', (_, response) => {
      if (this.down) return response.writeHead(503).end();
      const text = [...this.#series].map(([name, value]) => `${name} ${value}\n`).join('');
      return response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(text);
    });
  }

  static async start(): Promise<Exporter> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Exporter(server);
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  add(series: string, more: number): void {
    this.#series.set(series, (this.#series.get(series) ?? 0) + more);
  }

  set(series: string, value: number): void {
    this.#series.set(series, value);
  }

  /** A duration in a histogram of these bounds, as a client library counts it. */
  observe(name: string, labels: string, bounds: readonly number[], value: number): void {
    for (const bound of bounds) this.add(`${name}_bucket{${labels},le="${bound}"}`, value <= bound ? 1 : 0);
    this.add(`${name}_bucket{${labels},le="+Inf"}`, 1);
    this.add(`${name}_sum{${labels}}`, value);
    this.add(`${name}_count{${labels}}`, 1);
  }

  /** The process begins anew: every counter at zero. */
  restart(): void {
    for (const name of this.#series.keys()) this.#series.set(name, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
