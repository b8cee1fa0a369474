// What a client may send as settings: what is taken, what is said of the rest, and that nothing it sends goes unchecked.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readByRules } from "../../../sidecar/protocol/settingRule";
import { readSidecarSettings, settingsIn, sidecarSettingRules, type SidecarSettings } from "../../../sidecar/protocol/settings";

const defaults = readByRules<SidecarSettings>(sidecarSettingRules, () => undefined).settings;

/** What differs from the defaults, and the faults' names, once `value` was sent. */
function checkRead(value: unknown, different: Partial<SidecarSettings>, faults = ""): void {
  test(`settings ${JSON.stringify(value)}`, () => {
    const read = readSidecarSettings(value, defaults);
    assert.deepEqual(read.settings, { ...defaults, ...different });
    assert.equal(read.faults.map(({ name }) => name).join(" "), faults);
    assert.ok(Object.isFrozen(read.settings));
  });
}

checkRead(undefined, {});
checkRead(null, {});
checkRead("text", {});
checkRead({ unknown: 3, enabled: false }, {});
checkRead({ modelPath: " /m/a b.gguf " }, { modelPath: "/m/a b.gguf" });
checkRead({ modelPath: 7 }, {}, "modelPath");
checkRead({ contextLength: 512 }, { contextLength: 512 });
for (const wrong of [511, 131_073, 1.5, "8192", null]) checkRead({ contextLength: wrong }, {}, wrong === null ? "" : "contextLength");
checkRead({ policy: "cold", gpu: "vulkan" }, { policy: "cold", gpu: "vulkan" });
checkRead({ policy: "other", gpu: "Cuda" }, {}, "gpu policy");
checkRead({ singleLine: true, repetitionPenalty: false, healWhenIdle: false }, { singleLine: true, repetitionPenalty: false, healWhenIdle: false });
checkRead({ singleLine: "yes", healWhenIdle: 0 }, {}, "singleLine healWhenIdle");
checkRead({ exclude: ["a", "b/"] }, { exclude: ["a", "b/"] });
checkRead({ exclude: ["a", 1] }, {}, "exclude");
checkRead({ exclude: "a" }, {}, "exclude");
checkRead({ repairBudget: 0, unloadAfter: 0, minimumLength: 0 }, { repairBudget: 0, unloadAfter: 0 }, "minimumLength");

test("what is wrong stays as it was, and the message says what must be there and what is used", () => {
  const before = readSidecarSettings({ threads: 3 }, defaults).settings;
  const { settings, faults } = readSidecarSettings({ threads: -1 }, before);
  assert.equal(settings.threads, 3);
  assert.deepEqual(faults.map(({ message }) => message), ["palimpsest.threads must be a whole number from 0 to 256; -1 is not, and 3 is used."]);
});

test("a change of the configuration has ours below palimpsest", () => {
  assert.deepEqual(settingsIn({ settings: { palimpsest: { threads: 1 } } }), { threads: 1 });
  for (const none of [undefined, null, {}, { settings: null }, { settings: { other: {} } }]) assert.equal(settingsIn(none), undefined);
});
