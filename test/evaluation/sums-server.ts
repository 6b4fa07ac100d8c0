import { type ChatServer, chatServer } from './chat-server.ts';

/** A server that adds two numbers of its prompt, and errs on those of `errs`. */
export function sumsServer(errs: (a: number) => boolean): Promise<ChatServer> {
  return chatServer('sums', (prompt) => {
    const sum = prompt.match(/(\d+) plus (\d+)/g)?.at(-1);
    const [a, b] = (sum?.match(/\d+/g) ?? []).map(Number) as [number, number];
    return String(a + b + (errs(a) ? 1 : 0));
  });
}
