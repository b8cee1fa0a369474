// Answers every question with an error.
import { answer, listen, send } from "./converse.mjs";

listen((message) => {
  if (message.method === "initialize") answer(message, () => null);
  else if (message.id !== undefined) send({ id: message.id, error: { code: -32603, message: "out of order" } });
});
