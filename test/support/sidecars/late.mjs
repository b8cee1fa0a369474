// Greets only after a while.
import { behave, listen } from "./speak.mjs";

listen((message) => setTimeout(() => behave(message), message.method === "initialize" ? 300 : 0));
