import { createServer } from 'node:http';
import type { Answer } from '../answer.ts';

const MARK = /\[\[answer ([\w.-]+)\]\]/;

/** The prompt with the name of the answer that it got; evaluators score the answer and leave the prompt alone. */
export const marked = ({ id, prompt }: Answer): string => `${prompt} [[answer ${id}]]`;

/** The name in a marked prompt, wherever it stands. */
export const markIn = (text: string): string | undefined => MARK.exec(text)?.[1];

/** An OpenAI-compatible server on this machine that gives back answers which were given before, by the names in their prompts. */
export async function answeringServer(
  answers: readonly Answer[],
): Promise<AsyncDisposable & { readonly url: string }> {
  const known = new Map(answers.map(({ id, response }) => [id, response ?? '']));
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (part: string) => (body += part));
    request.on('end', () => {
      const id = markIn(body);
      const content = id === undefined ? undefined : known.get(id);
      const [status, reply] =
        request.method === 'GET'
          ? [200, { object: 'list', data: [{ id: 'logged', object: 'model' }] }]
          : content === undefined
            ? [404, { error: { message: 'no answer of that name was logged' } }]
            : [200, completion(content)];
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(reply));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function completion(content: string): object {
  return {
    id: 'logged',
    object: 'chat.completion',
    created: 0,
    model: 'logged',
    choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }],
    usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
  };
}
