// Answers a question with a header that is as long as a book, and then as it should.
import { answer, listen, property } from "./converse.mjs";

listen((message) => {
  if (message.method === "textDocument/completion") process.stdout.write(`${"X-Header: 1\r\n".repeat(100_000)}`);
  answer(message, () => [property("alpha")]);
});
