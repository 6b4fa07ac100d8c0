import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { installSystemPackage } from './system-package.ts';

/** A tab of a headless Chromium, driven through the DevTools protocol. */
export interface Page extends AsyncDisposable {
  /** Where downloads land. */
  readonly downloads: string;
  /** Addresses that the page asked for, other than its own file. */
  readonly requested: readonly string[];
  open(address: string): Promise<void>;
  /** The value of an expression in the page, as JSON carries it. */
  evaluate<T>(expression: string): Promise<T>;
  /** Presses and releases one key, as a person does: `ArrowLeft`, ` `, `Enter`, `Tab`, `a`. */
  press(key: string): Promise<void>;
  /** Types a text, by the input method where a key has no such sign. */
  type(text: string): Promise<void>;
  look(options: { readonly width: number; readonly height: number; readonly dark: boolean }): Promise<void>;
  /** A PNG of what is seen. */
  screenshot(): Promise<Buffer>;
}

const LIMIT = 180_000;

/** Waits until a condition holds. @throws after three minutes, with what was waited for */
export async function until(holds: () => Promise<boolean> | boolean, what: string): Promise<void> {
  for (const end = Date.now() + LIMIT; !(await holds()); await sleep(50))
    if (Date.now() > end) throw new Error(`waited three minutes for ${what}`);
}

/** Starts Chromium with a profile of its own and opens an empty tab. */
export async function chromium(): Promise<Page> {
  const program = await installSystemPackage(
    { program: 'chromium', debian: 'chromium', otherwise: 'Install Chromium.' },
    console.log,
  );
  const profile = await mkdtemp(join(tmpdir(), 'sluice-chromium-'));
  const downloads = join(profile, 'downloads');
  const browser = spawn(
    program,
    [
      ...['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--remote-debugging-port=0'],
      ...[`--user-data-dir=${profile}`, 'about:blank'],
    ],
    { stdio: 'ignore' },
  );
  const ended = once(browser, 'exit');
  const portFile = join(profile, 'DevToolsActivePort');
  let port = '';
  await until(async () => {
    port = (await readFile(portFile, 'utf8').catch(() => '')).split('\n')[0] ?? '';
    return port !== '';
  }, 'the port of Chromium');
  const protocol = await connect(Number(port));
  const { send } = protocol;
  await send('Page.enable');
  await send('Network.enable');
  await send('Emulation.setFocusEmulationEnabled', { enabled: true });
  await send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: downloads });
  return {
    downloads,
    requested: protocol.requested,
    open: async (address) => {
      const loaded = protocol.next('Page.loadEventFired');
      await send('Page.navigate', { url: address });
      await loaded;
    },
    evaluate: async <T>(expression: string) => {
      const { result, exceptionDetails } = (await send('Runtime.evaluate', {
        expression,
        returnByValue: true,
        awaitPromise: true,
      })) as { result: { value: T }; exceptionDetails?: { text: string } };
      if (exceptionDetails) throw new Error(`${expression}: ${exceptionDetails.text}`);
      return result.value;
    },
    press: async (key) => {
      const text = key.length === 1 ? key : key === 'Enter' ? '\r' : undefined;
      const code = CODES[key] ?? key.toUpperCase().charCodeAt(0);
      const event = { key, windowsVirtualKeyCode: code, ...(text === undefined ? {} : { text }) };
      await send('Input.dispatchKeyEvent', { type: 'keyDown', ...event });
      await send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
    },
    type: async (text) => {
      await send('Input.insertText', { text });
    },
    look: async ({ width, height, dark }) => {
      await send('Emulation.setDeviceMetricsOverride', {
        width,
        height,
        deviceScaleFactor: 1,
        mobile: false,
      });
      const features = [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }];
      await send('Emulation.setEmulatedMedia', { features });
    },
    screenshot: async () => {
      const { data } = (await send('Page.captureScreenshot')) as { data: string };
      return Buffer.from(data, 'base64');
    },
    [Symbol.asyncDispose]: async () => {
      protocol.close();
      browser.kill();
      await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

const CODES: Readonly<Record<string, number>> = {
  Enter: 13,
  Tab: 9,
  Escape: 27,
  ArrowLeft: 37,
  ArrowUp: 38,
  ArrowRight: 39,
  ArrowDown: 40,
};

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly request?: { readonly url: string } };
  readonly result?: object;
  readonly error?: { readonly message: string };
}

/** The protocol of the first tab. */
async function connect(port: number) {
  const list = await fetch(`http://127.0.0.1:${port}/json/list`);
  const tabs = (await list.json()) as { readonly type: string; readonly webSocketDebuggerUrl: string }[];
  const tab = tabs.find(({ type }) => type === 'page') as (typeof tabs)[number];
  const socket = new WebSocket(tab.webSocketDebuggerUrl);
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', () => reject(new Error('Chromium closed its socket')));
  });
  const waiting = new Map<number, (message: Message) => void>();
  const listening = new Map<string, () => void>();
  const requested: string[] = [];
  let last = 0;
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as Message;
    if (message.id !== undefined) waiting.get(message.id)?.(message);
    else if (message.method === 'Network.requestWillBeSent') {
      const address = message.params?.request?.url ?? '';
      if (!/^(file|blob|about|data):/.test(address)) requested.push(address);
    } else listening.get(message.method ?? '')?.();
  });
  return {
    requested,
    close: () => socket.close(),
    send: (method: string, params: object = {}): Promise<object> =>
      new Promise((resolve, reject) => {
        const id = ++last;
        waiting.set(id, ({ result, error }) => {
          waiting.delete(id);
          if (error) reject(new Error(`${method}: ${error.message}`));
          else resolve(result ?? {});
        });
        socket.send(JSON.stringify({ id, method, params }));
      }),
    next: (method: string): Promise<void> =>
      new Promise((resolve) => {
        listening.set(method, () => {
          listening.delete(method);
          resolve();
        });
      }),
  };
}
