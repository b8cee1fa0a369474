// Greets, and reads nothing from then on.
import { answer, listen } from "./converse.mjs";

setInterval(() => undefined, 1_000);
listen((message) => {
  answer(message, () => null);
  if (message.method === "initialize") process.stdin.pause();
}, { stay: true });
