// Greets, then neither answers the goodbye nor ends with its client.
import { behave, listen } from "./speak.mjs";

process.on("SIGTERM", () => undefined);
setInterval(() => undefined, 1_000);
listen((message) => {
  if (message.method === "initialize") behave(message);
}, { stay: true });
