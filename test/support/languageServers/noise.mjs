// Greets, and then says what is no message.
import { answer, listen } from "./converse.mjs";

listen((message) => {
  if (message.method === "initialize") answer(message, () => null);
  if (message.method === "textDocument/completion") for (let time = 0; time < 20; time += 1) process.stdout.write(`Content-Length: 3\r\n\r\n{{${time % 10}`);
});
