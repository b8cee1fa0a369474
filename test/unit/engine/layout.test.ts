// Owns the examples of structs that are not what they are declared to be.
import assert from "node:assert/strict";
import { test } from "node:test";
import { contextParamsLayout, layoutFault, modelParamsLayout } from "../../../sidecar/engine/llama/layout";

const layouts = [modelParamsLayout, contextParamsLayout] as const;

test("a struct of the expected size and defaults passes", () => {
  for (const layout of layouts) assert.equal(layoutFault(layout, layout.bytes, { ...layout.defaults }), undefined);
});

test("every field that differs is named, and so is a wrong size", () => {
  for (const layout of layouts) {
    assert.match(layoutFault(layout, layout.bytes + 8, { ...layout.defaults }) ?? "", /bytes here/);
    for (const field of Object.keys(layout.defaults)) {
      const fault = layoutFault(layout, layout.bytes, { ...layout.defaults, [field]: 77 });
      assert.equal(fault, `${layout.name}.${field} is 77 by default, ${String(layout.defaults[field])} was expected`);
    }
  }
});

test("every default belongs to a declared field", () => {
  for (const layout of layouts) for (const field of Object.keys(layout.defaults)) assert.ok(field in layout.fields, field);
});
