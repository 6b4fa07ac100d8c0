import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly token: string;
  readonly body: Record<string, unknown>;
}

/** A server that keeps comments and statuses as GitHub, Gitea and GitLab do, on loopback. */
export interface Forge {
  readonly port: number;
  readonly asked: Asked[];
  readonly comments: { id: number; body: string }[];
  readonly statuses: Record<string, unknown>[];
  /** From now on every request is answered so, with a message or this page. */
  refuse(status: number, page?: string): void;
  close(): Promise<void>;
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text === '' ? {} : JSON.parse(text);
}

export async function startForge(
  server: (handler: Parameters<typeof createServer>[1]) => Server = createServer,
): Promise<Forge> {
  const comments: Forge['comments'] = [
    { id: 1, body: 'a person wrote this about <!-- sluice fixture gate -->' },
  ];
  const statuses: Forge['statuses'] = [];
  const asked: Asked[] = [];
  let refusal: { readonly status: number; readonly page: string | undefined } | undefined;
  const http = server(async (request, response) => {
    const { method = '', url = '' } = request;
    const body = await bodyOf(request);
    const token = String(request.headers.authorization ?? request.headers['private-token'] ?? '');
    asked.push({ method, path: url, token, body });
    const answer = (status: number, value: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(value));
    };
    if (refusal?.page !== undefined)
      return response.writeHead(refusal.status, { 'content-type': 'text/html' }).end(refusal.page);
    if (refusal) return answer(refusal.status, { message: 'Resource not accessible by integration' });
    if (url.includes('/statuses/')) {
      statuses.push(body);
      return answer(201, body);
    }
    if (method === 'GET') return answer(200, comments);
    if (method === 'POST') {
      const comment = { id: comments.length + 1, body: String(body.body) };
      comments.push(comment);
      return answer(201, comment);
    }
    const comment = comments.find(({ id }) => url.endsWith(`/${id}`));
    if (!comment) return answer(404, {});
    comment.body = String(body.body);
    return answer(200, comment);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    port: (http.address() as AddressInfo).port,
    asked,
    comments,
    statuses,
    refuse: (status, page) => {
      refusal = { status, page };
    },
    close: () =>
      new Promise((resolve) => {
        http.closeAllConnections();
        http.close(() => resolve());
      }),
  };
}
