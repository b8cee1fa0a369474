// Owns what the manifest promises of the monitor: that no workspace names a program, and that its defaults are the sidecar's.
import assert from "node:assert/strict";
import { test } from "node:test";
import { capabilities, contributes } from "../../../package.json";
import { budgetMsMax, monitorSettingsDefault } from "../../../sidecar/monitors/monitorSettings";

const { properties } = contributes.configuration;

test("only the machine's own settings name a language server, and nothing else does in a workspace that isn't trusted", () => {
  assert.equal(properties["palimpsest.monitor.servers"].scope, "machine");
  assert.ok(capabilities.untrustedWorkspaces.restrictedConfigurations.includes("palimpsest.monitor.servers"));
  assert.deepEqual(properties["palimpsest.monitor.servers"].default, monitorSettingsDefault.servers);
});

test("the editor's defaults are the sidecar's", () => {
  assert.equal(properties["palimpsest.monitor.enabled"].default, monitorSettingsDefault.enabled);
  assert.equal(properties["palimpsest.monitor.enabled"].scope, "language-overridable");
  assert.equal(properties["palimpsest.monitor.budget"].default, monitorSettingsDefault.budgetMs);
  assert.equal(properties["palimpsest.monitor.budget"].maximum, budgetMsMax);
});
