// Owns what a real TypeScript 7 server says to the monitor's questions: about types declared in other files, in text that
// isn't finished, and where no name can be ruled out.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { besideKey } from "../../sidecar/monitors/questionKey";
import { MonitorRig, shown } from "../support/monitorRig";

const program = join(process.cwd(), "node_modules", "@typescript", `typescript-${process.platform}-${process.arch}`, "lib", "tsc");
const shape = `export interface Shape {
  readonly area: number;
  name?: string;
  "a-b": number;
  move(x: number, y?: number, ...rest: string[]): void;
}
export interface Bag { known: number; [key: string]: number }
export type Mode = "dark" | "light";
export class Point { #secret = 1; x = 1; y = 2; same(other: Point): boolean { return other.x === this.x; } }
`;
const declarations = `import type { Shape, Bag, Mode } from "./shape";
import { Point } from "./shape";
declare const s: Shape, b: Bag, r: Record<string, number>, m: Record<string, number> & { known: number };
declare const a: any, u: unknown, o: Shape | undefined, items: readonly Shape[], mode: Mode;
`;
const rig = new MonitorRig({
  servers: [`typescript,javascript=${JSON.stringify([program, "--lsp", "--stdio"])}`],
  files: { "tsconfig.json": '{"compilerOptions":{"strict":true,"target":"es2022","module":"esnext","moduleResolution":"bundler","allowJs":true}}', "shape.ts": shape },
});
before(() => settle("main.ts", declarations));
after(() => rig.close());

async function settle(path: string, text: string): Promise<void> {
  rig.open(path, text);
  await rig.service.settled();
}

async function checkAnswer(marked: string, expected: string, kind: "member" | "signature" = "member"): Promise<void> {
  assert.equal(shown(await rig.ask("main.ts", declarations + marked, kind)), expected);
}

const members = "area move name";
/** Text, with `▮` at the cursor and `▯` behind what is generated, and what may stand there. */
const cases: readonly (readonly [name: string, marked: string, expected: string])[] = [
  ["a type of another file", "s.▮", members],
  ["part of the name is there", "s.ar▮", members],
  ["the next line is no part of this one", "s.▮\nfoo();\n", members],
  ["the dereference is generated", "const half = ▮s.▯;\n", members],
  ["part of the name is generated", "const half = ▮s.mo▯;\n", members],
  ["within what the completion opens", "for ▮(const item of items) {\n  console.log(item.▯\n\nexport {};\n", members],
  ["a closure's parameter", "items.▮map((item) => item.▯);\n", members],
  ["a receiver that may be missing", "o.▮", members],
  ["an optional dereference", "o?.▮", members],
  ["a private name", "class K { #hidden = 1; shown = 2; read() { return this.▮ } }", "#hidden read shown"],
  ["a private name that was begun", "class K { #hidden = 1; shown = 2; read() { return this.#▮ } }", "#hidden read shown"],
  ["a key in brackets", "s['▮']", "a-b area move name"],
  ["a string of a union", "const dark: Mode = ▮\"▯;\n", "dark light"],
  ["a string of a union in a comparison", "if (mode === '▮') {}", "dark light"],
  ["names to import", "import { ▮ } from './shape';", "Bag Mode Point Shape type"],
  ["keys of an object", "const q: Shape = { ▮ };", "\"a-b\" area move name"],
  ["any", "a.▮", "open: nothing is known of what stands before it"],
  ["unknown", "u.▮", "open: nothing is known of what stands before it"],
  ["a name that isn't there", "nobody.▮", "open: nothing is known of what stands before it"],
  ["an index signature", "b.▮", "open: the receiver takes any name"],
  ["an index signature and nothing else", "r.▮", "open: no name is known there"],
  ["a mapped type with known names", "m.▮", "open: the receiver takes any name"],
];
for (const [name, marked, expected] of cases) test(`TypeScript 7: ${name}`, () => checkAnswer(marked, expected));

test("TypeScript 7: the number of arguments", async () => {
  await checkAnswer("s.▮move(▯;\n", "1 to any number", "signature");
  await checkAnswer("new Point().▮same(▯", "1 to 1", "signature");
  await checkAnswer("\"abc\".▮slice(▯", "0 to 2", "signature");
  await checkAnswer("a.▮slice(▯", "open: no signature is known there", "signature");
});

test("TypeScript 7: plain words of a JavaScript file are no members", async () => {
  assert.equal(shown(await rig.ask("loose.js", "function f(x) { const y = x.▮ }", "member", "javascript")), "open: only words of the text are known there");
});

test("TypeScript 7: an unsaved change of another document counts", async () => {
  rig.open("shape.ts", shape.replace("readonly area: number;", "readonly area: number; readonly weight: number;"));
  await checkAnswer("s.▮", "area move name weight");
  rig.shut("shape.ts");
  await checkAnswer("s.▮", members);
});

/** Asked behind a document that is open already; what is told beside comes behind the answer. */
async function checkBeside(marked: string, beside: readonly string[], expected: Readonly<Record<string, string>>): Promise<void> {
  const before = declarations + marked.slice(0, marked.indexOf("▮"));
  rig.open("main.ts", before + marked.slice(marked.indexOf("▮") + 1));
  const question = { ...rig.questionAt("main.ts", before.length), beside };
  const heard = rig.told.length;
  assert.equal(shown(await rig.put(question)), members);
  await rig.service.settled();
  // The message is posted behind the answer, on the same port.
  await rig.put({ ...question, kind: "signature" });
  const told = rig.told.slice(heard).map(({ key, answer }) => [beside.find((operand) => key === besideKey(question, operand)), shown(answer)]);
  assert.deepEqual(Object.fromEntries(told), expected);
}

test("TypeScript 7: other operands at the same place are told of beside, but not those that are open", async () => {
  await checkBeside("s.▮\nconst later = 1;\n", ["o.", "o?.", "Point.", "a.", "r.", "nobody.", "items[0]."], {
    "o?.": members, "o.": members, "Point.": "apply arguments bind call caller length name prototype toString", "items[0].": members,
  });
  await checkBeside("if (o) s.▮\n", ["o."], { "o.": members });
  await checkBeside("s.▮ = 1;\n", ["o."], {});
});

test("TypeScript 7: the arguments of a call that the server sees already are asked about as it stands", async () => {
  const text = declarations;
  rig.open("main.ts", text);
  const question = rig.questionAt("main.ts", text.length);
  await rig.put({ ...question, continuation: "s.move(s." });
  const sent = await rig.put({ ...question, kind: "signature", continuation: "s.move(" });
  assert.equal(shown(sent), "1 to any number");
  // What isn't in what it sees, it is shown.
  assert.equal(shown(await rig.put({ ...question, kind: "signature", continuation: "new Point().same(" })), "1 to 1");
});
