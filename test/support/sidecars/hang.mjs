// Never answers, and stays when its client has gone.
import { listen } from "./speak.mjs";

process.on("SIGTERM", () => undefined);
setInterval(() => undefined, 1_000);
listen(() => undefined, { stay: true });
