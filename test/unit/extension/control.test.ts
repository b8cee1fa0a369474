// What the user controls, as tables: settings and what is wrong with them, when a suggestion is asked for, what the systems
// say of the battery, and other sources of ghost text.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { askRule, whyPaused } from "../../../extension/src/inline/askRule";
import { newProviders } from "../../../extension/src/otherProviders";
import { ignoreFileNames, patternLists } from "../../../extension/src/patternLists";
import { powerSource, type PowerSource } from "../../../extension/src/power/powerSource";
import { PowerWatch } from "../../../extension/src/power/powerWatch";
import { SettingFaults } from "../../../extension/src/settingFaults";
import { isOnSomewhere, readSettings, sidecarSettings, type Settings } from "../../../extension/src/settings";
import { ExclusionRules } from "../../../sidecar/protocol/exclusion";

const read = (values: Readonly<Record<string, unknown>>) => readSettings((name) => values[name]);
const defaults = read({}).settings;

interface ManifestSetting {
  readonly type: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly string[];
  readonly scope?: string;
}

function manifestSettings(): Readonly<Record<string, ManifestSetting>> {
  const manifest = JSON.parse(readFileSync("package.json", "utf8")) as { contributes: { configuration: unknown } };
  const sections = [manifest.contributes.configuration].flat() as { readonly properties: Readonly<Record<string, ManifestSetting>> }[];
  return Object.assign({}, ...sections.map(({ properties }) => properties)) as Readonly<Record<string, ManifestSetting>>;
}

test("the README lists every setting", () => {
  const [paragraph = ""] = /^Settings: .*$/m.exec(readFileSync("README.md", "utf8")) ?? [];
  const named = new Set([...paragraph.matchAll(/`([\w.]+)`/g)].map(([, name]) => `palimpsest.${name ?? ""}`));
  assert.deepEqual(Object.keys(manifestSettings()).filter((name) => !named.has(name)), []);
});

test("the manifest declares every setting with the default, the bounds and the values that the code knows", () => {
  const declared = manifestSettings();
  for (const [name, otherwise] of Object.entries(defaults)) {
    const setting = declared[`palimpsest.${name}`];
    assert.ok(setting !== undefined, `palimpsest.${name} is not in package.json`);
    assert.deepEqual(setting.default, otherwise, name);
    assert.ok(setting.scope !== undefined, `palimpsest.${name} has no scope`);
    for (const taken of [setting.minimum, setting.maximum, ...(setting.enum ?? [])]) {
      if (taken !== undefined) assert.deepEqual(read({ [name]: taken }).faults, [], `${name}: ${taken}`);
    }
    for (const refused of [(setting.minimum ?? NaN) - 1, (setting.maximum ?? NaN) + 1]) {
      if (!Number.isNaN(refused)) assert.equal(read({ [name]: refused }).faults.length, 1, `${name}: ${refused}`);
    }
    if (setting.enum !== undefined) assert.equal(read({ [name]: "none of them" }).faults.length, 1, name);
  }
});

test("where a model or a program comes from is no workspace's to say", () => {
  const declared = manifestSettings();
  for (const name of ["modelPath", "gpu", "contextLength", "memoryLimit", "threads"]) assert.equal(declared[`palimpsest.${name}`]?.scope, "machine", name);
});

test("on battery the sidecar is told to rest in idle time, unless that is not wished", () => {
  const settings = (onBattery: Settings["onBattery"], healWhenIdle = true) => read({ onBattery, healWhenIdle }).settings;
  assert.equal(sidecarSettings(settings("noHealing"), true).healWhenIdle, false);
  assert.equal(sidecarSettings(settings("noHealing"), false).healWhenIdle, true);
  assert.equal(sidecarSettings(settings("asUsual"), true).healWhenIdle, true);
  assert.equal(sidecarSettings(settings("asUsual", false), true).healWhenIdle, false);
  assert.ok(!("trigger" in sidecarSettings(defaults, false)), "the sidecar hears of its own settings only");
});

test("what is wrong is told once, and again once it was right in between", () => {
  const told: string[] = [];
  const faults = new SettingFaults(({ name }) => told.push(name));
  const wrong = read({ threads: -1, delay: "long" }).faults;
  faults.follow(wrong);
  faults.follow(wrong);
  assert.deepEqual(told, ["threads", "delay"]);
  faults.follow(read({ threads: -1 }).faults);
  faults.follow(wrong);
  assert.deepEqual(told, ["threads", "delay", "delay"]);
});

/** What becomes of a request while typing, and of one by key. */
function checkAsked(values: Partial<Settings>, power: PowerSource, typing: string, byKey: string): void {
  const { settings } = read(values);
  const shown = (rule: ReturnType<typeof askRule>): string => (rule.kind === "ask" ? `${rule.afterMs} ms` : rule.paused === undefined ? "never" : "paused");
  test(`asked ${JSON.stringify(values)} on ${power}`, () => {
    assert.equal(shown(askRule(settings, power, false)), typing);
    assert.equal(shown(askRule(settings, power, true)), byKey);
    assert.equal(whyPaused(settings, power) !== undefined, typing === "paused");
  });
}

checkAsked({}, "mains", "0 ms", "0 ms");
checkAsked({ delay: 400 }, "mains", "400 ms", "0 ms");
checkAsked({ trigger: "byKey" }, "mains", "never", "0 ms");
checkAsked({ trigger: "byKey", delay: 400 }, "battery", "never", "0 ms");
checkAsked({ onBattery: "pause" }, "mains", "0 ms", "0 ms");
checkAsked({ onBattery: "pause" }, "battery", "paused", "paused");
checkAsked({ onBattery: "byKey" }, "battery", "paused", "0 ms");
checkAsked({ onBattery: "noHealing", delay: 5 }, "battery", "5 ms", "0 ms");
checkAsked({ onBattery: "asUsual" }, "battery", "0 ms", "0 ms");

/** Files below /sys/class/power_supply as `folder/file text`. */
function checkLinux(name: string, files: readonly string[], expected: PowerSource): void {
  test(`Linux: ${name}`, async () => {
    const entries = files.map((file) => /^(\S+) (.*)$/.exec(file)).map((match) => [match?.[1] ?? "", match?.[2] ?? ""] as const);
    const root = "/sys/class/power_supply";
    const source = await powerSource({
      platform: "linux",
      list: async (folder) => (folder === root ? [...new Set(entries.map(([path]) => path.split("/")[0] ?? ""))] : []),
      text: async (path) => entries.find(([file]) => `${root}/${file}` === path)?.[1],
      run: () => assert.fail("Linux needs no program"),
    });
    assert.equal(source, expected);
  });
}

checkLinux("a laptop that is plugged in", ["AC/type Mains", "AC/online 1", "BAT0/type Battery", "BAT0/status Charging"], "mains");
checkLinux("full and plugged in", ["AC/type Mains", "AC/online 1", "BAT0/type Battery", "BAT0/status Full"], "mains");
checkLinux("unplugged", ["AC/type Mains", "AC/online 0", "BAT0/type Battery", "BAT0/status Discharging"], "battery");
checkLinux("two batteries, one of them discharging", ["BAT0/type Battery", "BAT0/status Not charging", "BAT1/type Battery", "BAT1/status Discharging"], "battery");
checkLinux("charged over USB", ["ucsi/type USB", "ucsi/online 1", "BAT0/type Battery", "BAT0/status Discharging"], "mains");
checkLinux("a desktop with a mouse that runs on its battery", ["hid/type Battery", "hid/scope Device", "hid/status Discharging"], "mains");
checkLinux("a server", [], "mains");
checkLinux("a battery that says nothing", ["BAT0/type Battery"], "mains");

/** What the system's program prints; undefined where it can't be run. */
function checkProgram(platform: NodeJS.Platform, said: string | undefined, expected: PowerSource): void {
  test(`${platform}: ${JSON.stringify(said)}`, async () => {
    const nothing = async (): Promise<never> => assert.fail("it reads no files");
    assert.equal(await powerSource({ platform, list: nothing, text: nothing, run: async () => said }), expected);
  });
}

checkProgram("darwin", "Now drawing from 'Battery Power'\n -InternalBattery-0 (id=1)\t83%; discharging; 4:01 remaining present: true", "battery");
checkProgram("darwin", "Now drawing from 'AC Power'\n -InternalBattery-0 (id=1)\t83%; charging", "mains");
checkProgram("darwin", "Now drawing from 'AC Power'", "mains");
checkProgram("darwin", undefined, "mains");
checkProgram("win32", "1\r\n", "battery");
checkProgram("win32", "2\r\n", "mains");
checkProgram("win32", "5\r\n4\r\n", "battery");
checkProgram("win32", "1\r\n2\r\n", "mains");
checkProgram("win32", "", "mains");
checkProgram("win32", undefined, "mains");
checkProgram("freebsd", undefined, "mains");

test("the power source is looked at while that is wished, and counts as mains otherwise", async () => {
  const changes: PowerSource[] = [];
  const waiting = new Set<() => void>();
  let now: PowerSource | "unreadable" = "battery";
  let looks = 0;
  const watch = new PowerWatch({
    read: async () => {
      looks += 1;
      if (now === "unreadable") throw new Error("no such thing");
      return now;
    },
    schedule: (_, action) => {
      waiting.add(action);
      return () => waiting.delete(action);
    },
    onChange: (source) => changes.push(source),
    everyMs: 1,
  });
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const pass = async (): Promise<void> => {
    for (const action of [...waiting]) if (waiting.delete(action)) action();
    await settled();
  };
  await pass();
  assert.equal(looks, 0);
  watch.watch(true);
  watch.watch(true);
  await settled();
  assert.deepEqual([looks, watch.current()], [1, "battery"]);
  now = "mains";
  await pass();
  now = "unreadable";
  await pass();
  assert.deepEqual(changes, ["battery", "mains"]);
  now = "battery";
  await pass();
  watch.watch(false);
  await pass();
  assert.deepEqual(changes, ["battery", "mains", "battery", "mains"]);
  assert.equal(waiting.size, 0);
});

test("another source of ghost text is found when it is at work, and told of once", () => {
  const ask = (enabled: readonly string[], settings: Readonly<Record<string, unknown>> = {}, told: readonly string[] = []) =>
    newProviders({ isEnabled: (id) => enabled.includes(id), setting: (name) => settings[name], told });
  assert.deepEqual(ask([]), { names: [], ids: [] });
  assert.deepEqual(ask(["GitHub.copilot", "GitHub.copilot-chat"]), { names: ["GitHub Copilot"], ids: ["GitHub.copilot", "GitHub.copilot-chat"] });
  assert.deepEqual(ask(["GitHub.copilot"], { "github.copilot.enable": { "*": false } }).ids, []);
  assert.deepEqual(ask(["GitHub.copilot"], { "github.copilot.enable": { "*": true, plaintext: false } }).ids, ["GitHub.copilot"]);
  assert.deepEqual(ask(["ggml-org.llama-vscode"], { "llama-vscode.enabled": false }).ids, []);
  assert.deepEqual(ask(["GitHub.copilot", "Continue.continue"], {}, ["GitHub.copilot"]), { names: ["Continue"], ids: ["Continue.continue"] });
});

/** Patterns of the user, the workspace and the folder, separated by blanks; `+` before a path that is excluded, `-` before one that isn't. */
function checkPlaces(user: string, workspace: string, folder: string, ...paths: readonly string[]): void {
  const [globalValue, workspaceValue, workspaceFolderValue] = [user, workspace, folder].map((patterns) => (patterns === "" ? undefined : patterns.split(" ")));
  const lists = patternLists({ globalValue, workspaceValue, workspaceFolderValue });
  const rules = new ExclusionRules(lists.map((patterns) => ({ folder: "/p", patterns, from: "palimpsest.exclude" })));
  for (const path of paths) {
    test(`"${user}" of the user, "${workspace}" of the workspace, "${folder}" of the folder: ${path}`, () => {
      assert.equal(rules.exclusionOf(`/p/${path.slice(1)}`) !== undefined, path.startsWith("+"));
    });
  }
}

checkPlaces("private/", "!private/ !private/** *.gen.ts", "", "+private/a.ts", "+a.gen.ts", "-a.ts");
checkPlaces("*.key.ts !mine.key.ts", "!*.key.ts", "!*.key.ts", "+a.key.ts", "-mine.key.ts");
checkPlaces("", "*.ts", "!a.ts", "+a.ts", "-a.js");
checkPlaces("", "*.ts !a.ts", "a.ts", "+a.ts", "+b.ts");

test("what isn't a list of texts excludes nothing", () => {
  assert.deepEqual(patternLists({ globalValue: "*.ts", workspaceValue: ["a", 1, null] }), [["a"]]);
  assert.deepEqual(patternLists(undefined), []);
});

test("a workspace adds names of ignore files, and puts none in the place of the user's or of those that go without saying", () => {
  const defaultValue = [".palimpsestignore"];
  assert.deepEqual(ignoreFileNames({ defaultValue, workspaceValue: [] }), [".palimpsestignore"]);
  assert.deepEqual(ignoreFileNames({ defaultValue, globalValue: [".private"], workspaceValue: [".gitignore"], workspaceFolderValue: [".private", 3] }), [".private", ".gitignore"]);
  assert.deepEqual(ignoreFileNames({ defaultValue, globalValue: [] }), []);
  assert.deepEqual(ignoreFileNames({ defaultValue: ["../a", "a/b", "a\\b", "..", ".ok"], globalValue: "odd" }), [".ok"]);
  assert.deepEqual(ignoreFileNames(undefined), []);
  const many = Array.from({ length: 1_000 }, (_, index) => `.ignore${index}`);
  assert.deepEqual(ignoreFileNames({ globalValue: [".private"], workspaceValue: many }), [".private", ...many.slice(0, 20)]);
});

/** Languages that the settings speak of, `+` where completions are switched on for one, `-` where off. */
function checkIsOn(enabled: boolean, languages: string, expected: boolean): void {
  test(`switched ${enabled ? "on" : "off"}, and ${languages === "" ? "no language" : languages}: ${expected ? "a" : "no"} sidecar runs`, () => {
    const names = languages.split(" ").filter((word) => word !== "").map((word) => word.slice(1));
    assert.equal(isOnSomewhere(enabled, names, (languageId) => languages.split(" ").includes(`+${languageId}`)), expected);
  });
}

checkIsOn(true, "", true);
checkIsOn(true, "-markdown", true);
checkIsOn(false, "", false);
checkIsOn(false, "-markdown", false);
checkIsOn(false, "-markdown +python", true);
