// Owns a TypeScript file of a given length for the tests, written by rule: plain functions that differ in names and numbers.

const nouns = ["shelf", "crate", "label", "parcel", "pallet", "ticket", "barrel", "basket", "bundle", "carton"];
const linesOfOne = 10;

/** At least `lines` lines; line 1 + 10 n begins the function of part n. */
export function longFile(lines: number): string {
  const parts = Array.from({ length: Math.ceil(lines / linesOfOne) }, (_, index) => part(index));
  return `${parts.join("\n")}\n`;
}

function part(index: number): string {
  const noun = nouns[index % nouns.length] ?? "thing";
  const name = `${noun}${Math.floor(index / nouns.length) + 1}`;
  return [
    `/** The price of ${name} with ${index} percent off, in cents. */`,
    `export function ${name}Price(count: number, priceCents: number): number {`,
    "  if (count < 0) {",
    `    throw new RangeError("no negative number of ${name}");`,
    "  }",
    `  const full = count * priceCents;`,
    `  const off = (full * ${index}) / 100;`,
    "  return Math.round(full - off);",
    "}",
    "",
  ].join("\n");
}
