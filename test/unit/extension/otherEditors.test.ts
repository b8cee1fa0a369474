// What the documents tell other editors to run: a path that the reader gives, never a package's name that anybody could publish.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

/** Commands as Lua lists them: `cmd = { "node", … }`. */
function commandsIn(path: string): readonly string[] {
  return [...readFileSync(path, "utf8").matchAll(/\bcmd = \{([^}]*)\}/g)].map(([, words]) => (words ?? "").trim());
}

for (const path of ["docs/other-editors.md", "docs/editors/palimpsest.lua"]) {
  test(`${path} runs the sidecar by its path`, () => {
    const commands = commandsIn(path);
    assert.ok(commands.length > 0, "no command was found");
    for (const command of commands) assert.equal(command, '"node", "PATH/dist/sidecar.js", "--stdio"');
  });
}

const hasNeovim = spawnSync("nvim", ["--version"]).status === 0;

test("in Neovim the command has no default", { skip: hasNeovim ? false : "Neovim is not installed" }, () => {
  const path = join(process.cwd(), "docs/editors/palimpsest.lua");
  const script = `lua print(pcall(dofile(${JSON.stringify(path)}).setup, {}))`;
  const { stderr } = spawnSync("nvim", ["--headless", "-n", "-u", "NONE", "-c", script, "-c", "qa!"], { encoding: "utf8", timeout: 20_000 });
  assert.match(stderr, /^false\s.*setup needs cmd/);
});
