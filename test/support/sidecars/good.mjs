// Does as it should, and crashes when it is told to.
import { behave, listen } from "./speak.mjs";

listen((message) => {
  if (message.method === "crash") process.exit(7);
  behave(message);
});
