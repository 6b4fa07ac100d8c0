import { appendFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';

/** One version of a model behind an OpenAI-compatible address, which writes each request into the structured request log. */
export class ChatServer implements AsyncDisposable {
  readonly version: string;
  /** What it answers to a prompt. */
  answer: (prompt: string) => string = (prompt) => `You asked: ${prompt}`;
  readonly #server: Server;
  #requests = 0;

  private constructor(version: string, log: string, server: Server) {
    this.version = version;
    this.#server = server;
    server.keepAliveTimeout = 120_000;
    server.on('request', (request, response) => {
      let body = '';
      request.on('data', (part) => (body += part));
      request.on('end', () => {
        const json = (value: object) =>
          response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
        if (request.method === 'GET') return json({ data: [{ id: version, object: 'model' }] });
        const prompt =
          (JSON.parse(body) as { messages: { content: string }[] }).messages.at(-1)?.content ?? '';
        const content = this.answer(prompt);
        json({
          model: version,
          choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
        });
        // what is asked anew, past the gateway, is no request of a user
        const user = request.headers['x-user-id'];
        if (user === undefined) return;
        const line = {
          time: new Date().toISOString(),
          model_version: version,
          request_id: `${version}-${this.#requests++}`,
          latency: 3,
          prompt,
          response: content,
          user_id: user,
          finish_reason: 'stop',
        };
        appendFileSync(log, `${JSON.stringify(line)}\n`);
      });
    });
  }

  static async start(version: string, log: string): Promise<ChatServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new ChatServer(version, log, server);
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Users ask through the gateway, 50 times a second, for as long as the work takes; how many got no answer. */
export async function whileUsersAsk<T>(
  url: string,
  work: Promise<T>,
): Promise<{ result: T; failed: number }> {
  let done = false;
  let failed = 0;
  const ended = work.finally(() => {
    done = true;
  });
  ended.catch(() => {});
  const asked: Promise<void>[] = [];
  for (let i = 0; !done; i++) {
    const body = JSON.stringify({ messages: [{ role: 'user', content: `What is ${i}?` }] });
    const headers = { 'x-user-id': `user-${i % 400}`, 'content-type': 'application/json' };
    asked.push(
      fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body }).then(
        async (response) => {
          await response.text();
          if (!response.ok) failed++;
        },
        () => void failed++,
      ),
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await Promise.all(asked);
  return { result: await ended, failed };
}
