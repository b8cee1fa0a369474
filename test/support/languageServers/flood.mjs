// Greets, and then talks without end.
import { answer, listen, send } from "./converse.mjs";

const message = "x".repeat(60_000);
const talk = () => {
  while (process.stdout.writableLength < 1_000_000) send({ method: "window/logMessage", params: { type: 4, message } });
  setImmediate(talk);
};
listen((asked) => {
  answer(asked, () => null);
  if (asked.method === "initialized") talk();
});
