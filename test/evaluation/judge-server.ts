import { type ChatServer, chatServer } from './chat-server.ts';

/** What a judge is shown, cut out of its prompt. */
export interface Asked {
  readonly question: string;
  readonly answers: readonly string[];
  /** How often this very prompt was asked before. */
  readonly before: number;
}

export interface JudgeServer extends ChatServer {
  readonly keys: Set<string | undefined>;
  readonly prompts: string[];
}

/** A judge whose verdicts a test gives: a text, or the status of a failure. */
export async function judgeServer(judge: (asked: Asked) => string | number): Promise<JudgeServer> {
  const prompts: string[] = [];
  const keys = new Set<string | undefined>();
  const server = await chatServer('judge', (prompt, { authorization }) => {
    keys.add(authorization);
    const before = prompts.filter((one) => one === prompt).length;
    prompts.push(prompt);
    const part = (name: string): string[] =>
      [...prompt.matchAll(new RegExp(`<${name}-([0-9a-f]{12})>\\n(.*?)\\n</${name}-\\1>`, 'gs'))].map(
        ([, , text]) => text as string,
      );
    const answers = [...part('answer-a'), ...part('answer-b'), ...part('answer')];
    return judge({ question: part('question')[0] ?? '', answers, before });
  });
  return { ...server, keys, prompts };
}
