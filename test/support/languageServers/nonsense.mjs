// Answers in JSON that is nothing of what was asked for: another thing each time.
import { answer, listen, send } from "./converse.mjs";

const results = [
  42, "alpha", { items: "alpha" }, { items: [null, 7, "alpha", {}, { label: 5 }, { label: "", kind: 10 }, { label: "1st", kind: 10 }] },
  [[["alpha"]]], { items: { length: 3 } },
];
let asked = 0;
listen((message) => {
  if (message.method !== "textDocument/completion") return answer(message, () => null);
  send({ id: message.id, result: results[asked % results.length] });
  // Answers to nothing, and questions that nobody knows.
  send({ id: 9_999, result: [] });
  send({ id: "what", method: "window/nobodyKnows", params: 3 });
  send({ id: null, result: 1 });
  asked += 1;
});
