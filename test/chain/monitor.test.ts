// Owns the proof that members exist for any LSP client: the bundled sidecar with the embedded model, and language servers that
// it starts itself: TypeScript 7's own, and stubs that misbehave. What the model writes without a monitor is shown beside it.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { MonitorSourceStatistics, Statistics } from "../../sidecar/protocol/data";
import { condition } from "../editor/condition";
import { AnyClient, type Message } from "../support/anyClient";
import { processesMarked, stubServer } from "../support/monitorRig";

const waitMsMax = 20_000;
const folder = mkdtempSync(join(tmpdir(), "palimpsest-members-"));
after(() => rmSync(folder, { recursive: true, force: true }));
mkdirSync(join(folder, "src"));
writeFileSync(join(folder, "tsconfig.json"), '{"compilerOptions":{"strict":true,"target":"es2022","module":"esnext","moduleResolution":"bundler"},"include":["src"]}');
writeFileSync(join(folder, "src/stock.ts"), readFileSync("test/editor/sample/src/stock.ts"));

const typescript = join(process.cwd(), "node_modules", "@typescript", `typescript-${process.platform}-${process.arch}`, "lib", "tsc");
const withTypescript = ["--trust-workspace", "--monitor-server", `typescript=${JSON.stringify([typescript, "--lsp", "--stdio"])}`];
const uri = pathToFileURL(join(folder, "src/report.ts")).href;

/** One document of the project, in a sidecar. */
class Project {
  private version = 0;
  constructor(readonly client: AnyClient) {}

  show(text: string): void {
    this.version += 1;
    if (this.version === 1) this.client.open(uri, text);
    else this.client.notify("textDocument/didChange", { textDocument: { uri, version: this.version }, contentChanges: [{ text }] });
  }

  /** What is generated behind `▮`. */
  async complete(marked: string): Promise<string> {
    const before = marked.slice(0, marked.indexOf("▮"));
    this.show(marked.replace("▮", ""));
    const line = before.split("\n").length - 1;
    const { response } = await this.client.complete(uri, line, before.length - before.lastIndexOf("\n") - 1);
    return insertedBy(response);
  }

  async statistics(): Promise<Statistics> {
    return (await this.client.request("palimpsest/statistics")).result as Statistics;
  }

  async source(name: string): Promise<MonitorSourceStatistics | undefined> {
    return (await this.statistics()).monitorSources?.find((source) => source.name === name);
  }

  /** The server has been greeted. */
  async ready(name: string): Promise<void> {
    await condition(`${name} is ready`, waitMsMax, async () => (await this.source(name))?.server?.state === "ready");
  }
}

function insertedBy({ result }: Message): string {
  return (result as { readonly items: readonly { readonly insertText: string }[] }).items[0]?.insertText ?? "";
}

async function withProject(flags: readonly string[], body: (project: Project) => Promise<void>): Promise<void> {
  const client = new AnyClient(flags);
  try {
    assert.equal((await client.begin()).state.kind, "ready", client.errors);
    await body(new Project(client));
  } finally {
    client.kill();
    await client.ended;
  }
}

const stockMembers = /^(?:add|remove|countOf|find|totalWeightGrams|totalPriceCents)\b/;
const itemMembers = /^(?:code|name|priceCents|weightGrams)\b/;
const head = 'import { Stock, Item } from "./stock";\n\n';
/** What the model invents a member in, where the member begins, and what there is in truth. */
const inventions: readonly (readonly [name: string, marked: string, member: RegExp, real: RegExp])[] = [
  ["behind the dot that was typed", `${head}/** Whether there is any of an item on the shelves. */
export function isAvailable(stock: Stock, code: string): boolean {
  return stock.▮
}
`, /^(\w+)/, stockMembers],
  ["of a type of another file", `${head}export function describe(item: Item): string {
  return item.▮
}
`, /^(\w+)/, itemMembers],
  ["behind a dot that the completion writes", `${head}/** The total weight of the stock, in kilograms. */
export function weightOf(stock: Stock): number {
  return ▮
}
`, /\bstock\.(\w+)/, stockMembers],
];

test("without a monitor the model invents members, with TypeScript 7 it names real ones", async (context) => {
  const invented: string[] = [];
  await withProject(["--monitor", "off"], async (project) => {
    for (const [, marked] of inventions) invented.push(await project.complete(marked));
    assert.deepEqual((await project.statistics()).monitorSources?.filter(({ name }) => name !== "nobody"), []);
  });
  // Answers come in some milliseconds; a machine that is busy with other things may take its time here.
  await withProject([...withTypescript, "--monitor-budget", "1000"], async (project) => {
    project.show(head);
    await project.ready("tsc");
    for (const [index, [name, marked, member, real]] of inventions.entries()) {
      const without = invented[index] ?? "";
      const written = await project.complete(marked);
      context.diagnostic(`${name}: ${JSON.stringify(without)} became ${JSON.stringify(written)}`);
      assert.doesNotMatch(member.exec(without)?.[1] ?? "", real, without);
      assert.match(member.exec(written)?.[1] ?? "", real, written);
    }
    assert.ok(((await project.source("tsc"))?.inTime ?? 0) >= inventions.length);
    const { recent } = await project.statistics();
    assert.ok(recent.some(({ monitor }) => (monitor?.masks ?? 0) > 0), "no mask was applied");
  });
});

const dereference = `${head}export function describe(item: Item): string {\n  return item.▮\n}\n`;

test("a server that never answers costs no more than the budget, and a sidecar that is killed leaves no server", async () => {
  const mark = `mark-${process.pid}-silent`;
  await withProject(["--trust-workspace", "--monitor-server", `typescript=${stubServer("silent", mark)}`], async (project) => {
    project.show(head);
    await project.ready("node");
    assert.notEqual(await project.complete(dereference), "");
    const record = (await project.statistics()).recent.at(-1);
    assert.ok(record?.monitor !== undefined && record.monitor.late > 0, JSON.stringify(record));
    assert.ok(record.monitor.waitMs < 60 + 30, `${record.monitor.waitMs} ms`);
    assert.equal(processesMarked(mark).length, process.platform === "linux" ? 2 : 0);
  });
  await condition("nothing is left", waitMsMax, () => processesMarked(mark).length === 0);
});

test("an edit ends the wait for an answer", async () => {
  const mark = `mark-${process.pid}-edit`;
  const flags = ["--trust-workspace", "--monitor-budget", "1000", "--monitor-server", `typescript=${stubServer("silent", mark)}`];
  await withProject(flags, async (project) => {
    const other = "file:///elsewhere/other.js";
    project.client.open(other, "const sum = 1 + \n", 1, "plaintext");
    project.show(head);
    await project.client.complete(other, 0, 16);
    await project.ready("node");
    const cancelled = project.complete(dereference);
    // Nothing tells that the engine waits: a moment later it does, for the rest of a second.
    await new Promise((resolve) => setTimeout(resolve, 300));
    project.show(head);
    assert.equal(await cancelled, "");
    // Behind it in the queue of the engine.
    await project.client.complete(other, 0, 16);
    const { recent } = await project.statistics();
    const ended = recent.findLast((record) => record.uri === uri);
    assert.equal(ended?.outcome.kind, "superseded");
    // Undefined where the machine was so busy that it had not begun to wait.
    assert.ok((ended.monitor?.waitMs ?? 0) < 900, `it waited for ${ended.monitor?.waitMs} ms of 1000`);
  });
});

test("after a model was refused the monitor's settings still reach the one that serves on", async () => {
  const flags = ["--trust-workspace", "--monitor-server", `typescript=${stubServer("silent", `mark-${process.pid}-refused`)}`];
  await withProject(flags, async (project) => {
    const set = (settings: object): void => project.client.notify("workspace/didChangeConfiguration", { settings: { palimpsest: settings } });
    const refused = project.client.notification<{ readonly message: string }>("window/showMessage");
    set({ memoryLimit: 40 });
    assert.match((await refused).message, /may be used/);
    project.show(head);
    await project.ready("node");
    set({ memoryLimit: 40, monitor: { enabled: false } });
    await project.complete(dereference);
    assert.equal((await project.statistics()).recent.at(-1)?.monitor, undefined);
  });
});
