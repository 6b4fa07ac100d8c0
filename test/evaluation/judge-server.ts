import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a judge is shown, cut out of its prompt. */
export interface Asked {
  readonly question: string;
  readonly answers: readonly string[];
  /** How often this very prompt was asked before. */
  readonly before: number;
}

/** An OpenAI-compatible server whose verdicts a test gives: a text, or the status of a failure. */
export async function judgeServer(
  judge: (asked: Asked) => string | number,
): Promise<
  { url: string; readonly keys: Set<string | undefined>; readonly prompts: string[] } & AsyncDisposable
> {
  const prompts: string[] = [];
  const keys = new Set<string | undefined>();
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      if (request.method === 'GET') {
        response.end(JSON.stringify({ object: 'list', data: [{ id: 'judge', object: 'model' }] }));
        return;
      }
      keys.add(request.headers.authorization);
      const { messages } = JSON.parse(body) as { messages: { content: string }[] };
      const prompt = messages.map((message) => message.content).join('\n');
      const before = prompts.filter((one) => one === prompt).length;
      prompts.push(prompt);
      const part = (name: string): string[] =>
        [...prompt.matchAll(new RegExp(`<${name}-([0-9a-f]{12})>\\n(.*?)\\n</${name}-\\1>`, 'gs'))].map(
          ([, , text]) => text as string,
        );
      const answers = [...part('answer-a'), ...part('answer-b'), ...part('answer')];
      const verdict = judge({ question: part('question')[0] ?? '', answers, before });
      if (typeof verdict === 'number') {
        response.statusCode = verdict;
        response.end(JSON.stringify({ error: { message: `status ${verdict}` } }));
        return;
      }
      const message = { role: 'assistant', content: verdict };
      response.end(
        JSON.stringify({
          id: 'x',
          object: 'chat.completion',
          created: 0,
          model: 'judge',
          choices: [{ index: 0, finish_reason: 'stop', message }],
          usage: { prompt_tokens: 5, completion_tokens: 5, total_tokens: 10 },
        }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    keys,
    prompts,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
