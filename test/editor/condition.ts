// Owns waiting for something to become true, with a limit and a message that says what never came true.
import { setTimeout as pause } from "node:timers/promises";

/** Asks `condition` every 50 ms until it gives something other than undefined or false; throws after `limitMs`. */
export async function condition<T>(
  name: string,
  limitMs: number,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const startedMs = performance.now();
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() - startedMs > limitMs) throw new Error(`not within ${limitMs} ms: ${name}`);
    await pause(50);
  }
}
