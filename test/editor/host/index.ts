// Owns running the extension-host suite: VS Code calls run() inside its extension host and ends with what becomes of it.
// Each case is told in one line that begins with "host: ", which the caller outside reads.
import { cases as ownCases } from "./cases";
import { tidyUp } from "./extensionUnderTest";
import { settingCases } from "./settingCases";

const caseMsMax = 90_000;
/** Only cases whose name holds this, for whoever works at one. */
const only = process.env["HOST_CASES"] ?? "";
const cases = Object.fromEntries(Object.entries({ ...ownCases, ...settingCases }).filter(([name]) => name.includes(only)));

export async function run(): Promise<void> {
  let failed = 0;
  for (const [name, body] of Object.entries(cases)) {
    try {
      await within(caseMsMax, body());
      await tidyUp();
      console.log(`host: ok ${name}`);
    } catch (error) {
      failed += 1;
      await tidyUp().catch(() => undefined);
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      console.log(`host: FAILED ${name}\nhost:   ${text.replaceAll("\n", "\nhost:   ")}`);
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
