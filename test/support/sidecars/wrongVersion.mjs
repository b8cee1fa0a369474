// Speaks a protocol that nobody else does.
import { behave, listen } from "./speak.mjs";

listen((message) => behave(message, "9.9.9/999"));
