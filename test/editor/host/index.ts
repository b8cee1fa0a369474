// Owns running the extension-host suite: VS Code calls run() inside its extension host and ends with what becomes of it.
// Each case is told in one line that begins with "host: ", which the caller outside reads.
import { cases } from "./cases";

const caseMsMax = 90_000;

export async function run(): Promise<void> {
  let failed = 0;
  for (const [name, body] of Object.entries(cases)) {
    try {
      await within(caseMsMax, body());
      console.log(`host: ok ${name}`);
    } catch (error) {
      failed += 1;
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      console.log(`host: FAILED ${name}: ${text.replaceAll("\n", "\nhost:   ")}`);
    }
  }
  if (failed > 0) throw new Error(`${failed} of ${Object.keys(cases).length} cases failed`);
}

async function within(limitMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${limitMs} ms`)), limitMs);
  });
  await Promise.race([work, tooLong]).finally(() => clearTimeout(timer));
}
