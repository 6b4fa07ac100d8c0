import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProgramError, SystemError, UserError } from '@sluice/contract';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from '../answer.ts';
import { parseOnlineEvaluation } from '../document.ts';
import { repetition } from './checks.ts';
import { languageOf } from './language.ts';
import { openScorers } from './open.ts';

const { signal } = new AbortController();
let workspace: string;
const masked: string[] = [];
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'sluice-scorers-'));
});
afterEach(async () => await rm(workspace, { recursive: true }));

const answer = (response: string | undefined, prompt: string | undefined = 'Why?'): Answer => ({
  id: `${response}`,
  slot: 'stable',
  prompt,
  response,
  time: 0,
});
/** What the one scorer of a document says. */
async function scores(spec: object, answers: readonly Answer[], env: Record<string, string> = {}) {
  const document = parseOnlineEvaluation(JSON.stringify({ scorers: [{ name: 'x', ...spec }] }));
  const [scorer] = await openScorers(document, {
    workspace,
    env: { PATH: process.env.PATH, ...env },
    temp: workspace,
    cacheDir: workspace,
    log: { info: () => {} },
    mask: (secret) => masked.push(secret),
  });
  return await scorer?.score(answers, signal);
}

describe('checks', () => {
  it.each([
    [{}, ' ', 0],
    [{}, 'ok', 1],
    [{ 'not-empty': false }, '', 1],
    [{ json: true }, '{"a": 1}', 1],
    [{ json: true }, '```json\n{"a": 1}\n```', 1],
    [{ json: true }, 'Sure: {"a": 1}', 0],
    [{ pattern: '^\\p{Lu}' }, 'Yes', 1],
    [{ pattern: '^\\p{Lu}' }, 'yes', 0],
    [{ 'not-pattern': 'as an AI' }, 'as an AI model', 0],
    [{ 'min-characters': 3 }, '你好', 0],
    [{ 'max-characters': 2 }, '👍👍', 1],
    [{ language: 'zh' }, '巴黎在法国。', 1],
    [{ language: 'zh' }, 'Paris is in France.', 0],
    [{ language: 'zh' }, '42', 1],
    [{ language: 'same' }, 'Because.', 1],
    [{ language: 'same' }, '因为。', 0],
    [{ forbidden: ['Secret'] }, 'my SECRET', 0],
    [{ 'max-repetition': 30 }, 'ha ha ha ha ha ha ha ha ha ha ha ha ha ha', 0],
    [{ 'max-repetition': 30 }, 'The capital of France is Paris, on the river Seine.', 1],
  ])('%j: %j scores %i', async (checks, response, score) =>
    expect(await scores({ checks }, [answer(response)])).toEqual([score]),
  );

  it('say nothing of an answer that the log leaves out', async () =>
    expect(await scores({ checks: {} }, [answer(undefined)])).toEqual([null]));

  it('read words from a file, and say which one is missing', async () => {
    await writeFile(join(workspace, 'words.txt'), '# never\nbomb\n\n 毒品 \n');
    const checks = { forbidden: 'words.txt' };
    expect(await scores({ checks }, [answer('a BOMB'), answer('卖毒品'), answer('fine')])).toEqual([0, 0, 1]);
    await expect(scores({ checks: { forbidden: 'none.txt' } }, [])).rejects.toThrow(
      /none\.txt cannot be read/,
    );
    await expect(scores({ checks: { pattern: '(' } }, [])).rejects.toThrow(/no regular expression/);
  });
});

describe('the language of a text', () => {
  it.each([
    ['请用 PyTorch 训练一个模型', 'zh'],
    ['日本語で書いてください', 'ja'],
    ['안녕하세요', 'ko'],
    ['Café déjà vu', 'en'],
    ['Привет', 'ru'],
    ['مرحبا', 'ar'],
    ['12 + 30', undefined],
  ])('%s: %s', (text, language) => expect(languageOf(text)).toBe(language));
});

it('repetition is a share, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), (text) => {
      expect(repetition(text)).toBeGreaterThanOrEqual(0);
      expect(repetition(text)).toBeLessThan(1);
    }),
  );
});

describe('references', () => {
  it('score the answers to their prompts alone', async () => {
    await writeFile(
      join(workspace, 'refs.jsonl'),
      '{"prompt": "Why?", "reference": "the red fox"}\n{"prompt": " How? ", "references": ["so", "thus"]}\n',
    );
    const answers = [answer('the red fox'), answer('the fox'), answer('thus', 'How?'), answer('x', 'Who?')];
    expect(await scores({ references: 'refs.jsonl', metric: 'exact_match' }, answers)).toEqual([
      1,
      0,
      1,
      null,
    ]);
    expect((await scores({ references: 'refs.jsonl' }, answers))?.[1]).toBeCloseTo(0.8, 10);
  });

  it.each([
    ['[{"prompt": "a"}]', /refs.json:1: needs 'prompt' and 'reference'/],
    ['{"prompt": "a", "reference": "b"}\nnonsense', /refs.json:2: is no JSON object/],
    ['', /holds no references/],
  ])('%j are refused', async (text, message) => {
    await writeFile(join(workspace, 'refs.json'), text);
    await expect(scores({ references: 'refs.json' }, [])).rejects.toThrow(message);
  });
});

describe('a command', () => {
  const command = (program: string) => ['node', '-e', program];
  const READ =
    'const rows = require("fs").readFileSync(0, "utf8").trim().split("\\n").map((l) => JSON.parse(l));';

  it('gives each answer its score on its own scale; a line that is missing is a missing score', async () => {
    const program = `${READ} console.log("loading"); for (const r of rows.slice(1)) console.log(JSON.stringify({ id: r.id, score: r.response.length }))`;
    const answers = [answer('left out'), answer('four'), answer('12345678'), answer(undefined)];
    expect(await scores({ command: command(program), scale: [0, 8] }, answers)).toEqual([null, 0.5, 1, null]);
  });

  it('is told nothing of versions', async () => {
    const program = `${READ} process.exit(Object.keys(rows[0]).join() === "id,prompt,response" ? 0 : 1)`;
    expect(await scores({ command: command(program) }, [answer('a')])).toEqual([null]);
  });

  it.each([
    ['process.stderr.write("no model"); process.exit(3)', /ended with 3[\s\S]*no model/],
    ['console.log(JSON.stringify({id: "?", score: 1}))', /none of the answers/],
    [
      `${READ} console.log(JSON.stringify({id: rows[0].id, score: 7}))`,
      /gave the score 7; allowed: a number from 0 to 1/,
    ],
  ])('that does %j fails as a whole', async (program, message) => {
    const failed = scores({ command: command(program) }, [answer('a')]);
    await expect(failed).rejects.toThrow(ProgramError);
    await expect(failed).rejects.toThrow(message);
  });

  it.each([
    'console.error("loading\\ncannot score " + JSON.stringify(rows[0])); process.exit(1)',
    'console.error("loading\\n" + rows[0].prompt.slice(3, 20)); process.exit(1)',
    'console.error("loading\\n" + JSON.stringify(rows[0]).replace(/[^ -~]/g, (c) => "\\\\u" + c.charCodeAt(0).toString(16))); process.exit(1)',
    'console.error("loading\\nof: " + rows[0].response); process.exit(1)',
    'console.log(JSON.stringify({id: rows[0].prompt, score: 1}))',
    'console.log(JSON.stringify({id: rows[0].id, score: rows[0].prompt}))',
  ])('that fails tells nothing of what it was asked: %s', async (program) => {
    const asked = { ...answer('8 Rue X', '我叫王小明，电话 555-0199；住哪里？'), id: 'a1' };
    const said = await scores({ command: command(`${READ} ${program}`) }, [asked]).catch(
      (e: Error) => e.message,
    );
    expect(said).toMatch(/ended with 1\.\nloading\n\(a line with|(scored|score) '?\(a line with/);
    expect(said).not.toMatch(/王小明|555|Rue|\\u738b/);
  });

  it('has its time', async () =>
    await expect(
      scores({ command: command('setTimeout(() => {}, 60000)'), timeout: '200ms' }, [answer('a')]),
    ).rejects.toThrow(/did not end within 0.2 s/));
});

describe('a language model as the judge', () => {
  it('scores on its scale; what cannot be read is missing, and a judge that is gone fails', async () => {
    const says = ['Good.\nVERDICT: 10', 'no idea', 'VERDICT: 99', 'VERDICT: 1/10'];
    const asked: { authorization: string | undefined; body: string }[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (part) => (body += part));
      request.on('end', () => {
        asked.push({ authorization: request.headers.authorization, body });
        const content = says[asked.length - 1] ?? '';
        response.end(JSON.stringify({ choices: [{ message: { content }, finish_reason: 'stop' }] }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
    const judge = { endpoint, model: 'm', 'api-key-env': 'KEY', concurrency: 1, timeout: '5s' };
    const answers = ['a', 'b', 'c', 'd'].map((x) => answer(x));
    expect(await scores({ judge }, answers, { KEY: 'sekret' })).toEqual([1, null, null, 0]);
    expect(asked[0]?.authorization).toBe('Bearer sekret');
    expect(asked[0]?.body).not.toMatch(/stable|canary/);
    expect(masked).toContain('sekret');
    await expect(scores({ judge }, answers)).rejects.toThrow(UserError);
    await new Promise((resolve) => server.close(resolve));
    await expect(scores({ judge }, answers, { KEY: 'k' })).rejects.toThrow(SystemError);
  });
});
