// Owns what a process is made with for a language server's program, as tables for each system. A shell of Windows takes its
// line apart here as Microsoft describes it, since none runs where these tests do.
import assert from "node:assert/strict";
import { test } from "node:test";
import { serverCommand, type CommandSystem } from "../../../sidecar/monitors/serverCommand";

const windows: CommandSystem = { platform: "win32", execPath: "C:\\Code\\Code.exe", env: { ComSpec: "C:\\Windows\\system32\\cmd.exe" } };
const linux: CommandSystem = { platform: "linux", execPath: "/opt/node", env: { PATH: "/bin" } };

test("a program is run as it is, a script of Node's by Node", () => {
  assert.deepEqual(serverCommand({ file: "/bin/server", arguments: ["--stdio"] }, linux), {
    file: "/bin/server", arguments: ["--stdio"], env: { PATH: "/bin" }, isVerbatim: false,
  });
  assert.deepEqual(serverCommand({ file: "C:\\tools\\server.exe", arguments: ["a b"] }, windows).arguments, ["a b"]);
  const { file, arguments: args, env } = serverCommand({ file: "/lib/server.mjs", arguments: ["--stdio"] }, linux);
  assert.deepEqual([file, args, env["ELECTRON_RUN_AS_NODE"]], ["/opt/node", ["/lib/server.mjs", "--stdio"], "1"]);
});

test("what ends in .cmd is a program elsewhere", () => {
  assert.equal(serverCommand({ file: "/bin/odd.cmd", arguments: [] }, linux).file, "/bin/odd.cmd");
});

/** Behind the shell's `/c`, once it has read the line, and once more where the script hands its arguments on. */
function reachesServer(file: string, args: readonly string[]): void {
  test(`a shell script of Windows: ${file} with ${JSON.stringify(args)}`, () => {
    const command = serverCommand({ file, arguments: args }, windows);
    assert.equal(command.file, "C:\\Windows\\system32\\cmd.exe");
    assert.ok(command.isVerbatim);
    assert.deepEqual(command.arguments.slice(0, 3), ["/d", "/s", "/c"]);
    const [, line = ""] = /^"(.*)"$/s.exec(command.arguments[3] ?? "") ?? [];
    // Nothing that the shell acts upon stands there without its escape.
    assert.equal(line.replace(/\^./g, "").replace(/ /g, "").match(/[()%!"`<>&|;,*?^]/), null, line);
    const words = line.split(/(?<!\^) /);
    assert.equal(unescaped(words[0] ?? ""), file);
    assert.deepEqual(words.slice(1).map((word) => argumentOf(unescaped(unescaped(word)))), args);
  });
}

reachesServer("C:\\Users\\me\\AppData\\Roaming\\npm\\pyright-langserver.cmd", ["--stdio"]);
reachesServer("C:\\Program Files (x86)\\tools & more\\server.BAT", ["--log", "C:\\a b\\", 'say "hi"', "100%", "a&b|c>d", "^", ""]);
reachesServer("C:\\t\\s.cmd", ["\\\\share\\x\\", 'back\\"slash', "*?", "(x);,`!"]);

/** What cmd.exe leaves of a line without quotes of its own. */
function unescaped(text: string): string {
  return text.replace(/\^(.)/gs, "$1");
}

/** One argument in quotes, as CommandLineToArgvW reads it. */
function argumentOf(word: string): string {
  assert.match(word, /^".*"$/s);
  return word.slice(1, -1).replace(/(\\*)"/g, (_, slashes: string) => `${"\\".repeat((slashes.length - 1) / 2)}"`).replace(/(\\*)$/, (slashes) => "\\".repeat(slashes.length / 2));
}
