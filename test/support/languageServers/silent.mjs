// Greets, answers the first list, and no question behind it; stays when its client has gone, and so does the process that it starts. What it is
// started with, that process is started with too: so both are found.
import { spawn } from "node:child_process";
import { answer, listen } from "./converse.mjs";

process.on("SIGTERM", () => undefined);
setInterval(() => undefined, 1_000);
spawn(process.execPath, ["-e", "process.on('SIGTERM', () => undefined); setInterval(() => undefined, 1000)", ...process.argv.slice(2)], { stdio: "ignore" });
let lists = 0;
listen((message) => {
  if (message.method === "textDocument/completion") lists += 1;
  if (message.method === "initialize" || lists === 1) answer(message, () => null);
}, { stay: true });
