// Owns the little that a bad sidecar has to say: LSP frames over standard input and output, and the greeting.
// The sidecars beside it are programs of their own, started by the tests of the extension's process watch.

/** Calls `onMessage` for each message; ends the process when the client is gone, unless it is told to stay. */
export function listen(onMessage, { stay = false } = {}) {
  let buffer = Buffer.alloc(0);
  process.stdin.on("data", (chunk) => {
    buffer = Buffer.concat([buffer, chunk]);
    for (;;) {
      const head = /^Content-Length: (\d+)\r\n(?:.+\r\n)*\r\n/.exec(buffer.toString("latin1"));
      if (head === null) return;
      const end = head[0].length + Number(head[1]);
      if (buffer.length < end) return;
      const message = JSON.parse(buffer.subarray(head[0].length, end).toString("utf8"));
      buffer = buffer.subarray(end);
      onMessage(message);
    }
  });
  process.stdin.on("end", () => {
    if (!stay) process.exit(0);
  });
}

export function send(message) {
  const body = JSON.stringify({ jsonrpc: "2.0", ...message });
  process.stdout.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

export function greet(id, version = "0.0.0/1") {
  send({ id, result: { capabilities: {}, serverInfo: { name: "palimpsest", version } } });
}

/** Answers the greeting and the goodbye as it should. */
export function behave(message, version) {
  if (message.method === "initialize") greet(message.id, version);
  if (message.method === "shutdown") send({ id: message.id, result: null });
  if (message.method === "exit") process.exit(0);
}
