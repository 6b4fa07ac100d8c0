import { createServer } from 'node:net';

/** A TCP port that is free on 127.0.0.1 now. Another program may take it before it is used: a server that says so is started again on the next. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address
          ? resolve(address.port)
          : reject(new Error('the system gave no port for 127.0.0.1')),
      );
    });
  });
}
