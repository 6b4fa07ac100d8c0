// A model server of its own process: `node model-server.mjs <port> <version>`.
import { createServer } from 'node:http';

const [port, version] = process.argv.slice(2);
createServer((request, response) => {
  const body =
    request.url === '/v1/models'
      ? { data: [{ id: version }] }
      : { model: version, choices: [{ message: { content: 'Hello' }, finish_reason: 'stop' }] };
  request
    .resume()
    .on('end', () => response.setHeader('content-type', 'application/json').end(JSON.stringify(body)));
}).listen(Number(port), '127.0.0.1');
