import { connect } from '@sluice/inference';
import { expect, it } from 'vitest';
import type { Answer } from '../answer.ts';
import { answeringServer, marked } from './answering-server.ts';

it('gives back the answer that its prompt names, and nothing else', async () => {
  const answer = (id: string, response: string): Answer => ({
    id,
    slot: 'stable',
    prompt: 'Why "so"?',
    response,
    time: 0,
  });
  const [one, two] = [answer('a1.a', 'first'), answer('a1.b', '二')];
  await using server = await answeringServer([one, two]);
  const client = connect({ endpoint: server.url });
  const ask = async (content: string) =>
    await client.chat('logged', { messages: [{ role: 'user', content }], stream: false });
  expect(await ask(`Please answer.\n${marked(two)}\n`)).toMatchObject({ ok: true, text: '二' });
  expect(await ask(marked(one))).toMatchObject({ ok: true, text: 'first' });
  expect(await ask('Why "so"?')).toMatchObject({ ok: false, status: 404 });
  expect(await client.models()).toMatchObject({ ok: true, models: [{ id: 'logged' }] });
});
