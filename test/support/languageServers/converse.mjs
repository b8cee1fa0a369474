// Owns the little that a stub of a language server has to say: the greeting, a list of names, and its end with its client.
// The servers beside it are programs of their own, started by the tests of the monitor.
import { listen, send } from "../sidecars/speak.mjs";

export { listen, send };

export const property = (label) => ({ label, kind: 10 });

/** Greets, and answers each list of completions with what `list` gives; other requests with null. */
export function converse(list, options) {
  listen((message) => answer(message, list), options);
}

export function answer(message, list) {
  if (message.method === "initialize") send({ id: message.id, result: { capabilities: { textDocumentSync: 2, completionProvider: {} } } });
  else if (message.method === "exit") process.exit(0);
  else if (message.method === "textDocument/completion") send({ id: message.id, result: list(message) });
  else if (message.id !== undefined) send({ id: message.id, result: null });
}
