// A real client that isn't ours: Neovim's own LSP client, with the ghost text of docs/editors/palimpsest.lua, headless.
import { deepEqual, equal, match } from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const msMax = 60_000;
const missing = "Neovim is not installed: install the package neovim of your system";
const hasNeovim = spawnSync("nvim", ["--version"]).status === 0;

interface Seen {
  readonly shown: string;
  readonly lines: readonly string[];
  readonly cursor: readonly [line: number, column: number];
}

async function drive(folder: string): Promise<Seen> {
  const seenPath = join(folder, "seen.jsonl");
  const nvim = spawn("nvim", ["--headless", "-n", "-u", "NONE", "-c", `luafile ${join(process.cwd(), "test/editor/neovim/drive.lua")}`], {
    cwd: folder,
    env: { ...process.env, PALIMPSEST_ROOT: process.cwd(), PALIMPSEST_NODE: process.execPath, PALIMPSEST_SEEN: seenPath, XDG_STATE_HOME: folder, XDG_CACHE_HOME: folder },
    stdio: ["ignore", "ignore", "pipe"],
    timeout: msMax,
  });
  let said = "";
  nvim.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise((resolve) => nvim.once("close", (status, signal) => resolve(status ?? signal)));
  equal(code, 0, `${said}\n${readFileSync(seenPath, "utf8")}`);
  const seen = readFileSync(seenPath, "utf8").trim().split("\n").map((line) => JSON.parse(line) as Partial<Seen>);
  return Object.assign({}, ...seen) as Seen;
}

test("Neovim shows ghost text while typing, and a key puts it into the buffer", { skip: hasNeovim ? false : missing }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "palimpsest-neovim-"));
  try {
    const { shown, lines, cursor } = await drive(folder);
    match(shown, /^ second/);
    const [header, body] = lines;
    equal(header, "def add(first, second):");
    equal(body, `    return first +${shown.split("\n")[0] ?? ""}`);
    const last = lines[lines.length - 1] ?? "";
    deepEqual(cursor, [lines.length, last.length]);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
});
